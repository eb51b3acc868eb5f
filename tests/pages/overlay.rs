//! The overlay: from the inspector's link to a page on which frames show what level 2 would record. The page forbids
//! what a page can forbid, but for what the recorder needs.

use crate::{call, flush, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::http;
use support::world::World;

const ESCAPE: char = '\u{e00c}';

/// A token that opens the overlay on pages of this origin.
pub async fn token(world: &World, origin: &str) -> String {
    let overlay = json!({ "site": "demo", "origin": origin }).to_string();
    let answer = http::post(&format!("{}/v1/overlays", world.collector()), overlay).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    let made: Value = serde_json::from_str(&answer.body).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

/// The origin of the pages.
pub fn origin(world: &World) -> String {
    world.page("").trim_end_matches('/').to_owned()
}

/// Opens the page with this hash.
async fn open(browser: &Browser, world: &World, hash: &str) {
    // Else only the hash changes.
    browser.goto("about:blank").await;
    browser.goto(&world.page(&format!("pages/overlay.html?settings={{}}#{hash}"))).await;
}

async fn wait_for_frames(browser: &Browser) {
    browser.wait_for("document.querySelector('waymark-overlay')?.shadowRoot.querySelector('.frames > div')").await;
}

/// Each frame in view by its place: the class, and what is written on it. And what `explain` says of each element.
const COMPARE: &str = "(async () => {
    const root = document.querySelector('waymark-overlay').shadowRoot;
    const place = (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height].map(Math.round).join();
    };
    const frames = new Map([...root.querySelectorAll('.frames > div:not([hidden])')].map((box) => [place(box), box]));
    const expected = new Set();
    const wrong = [];
    const expect = (element, kind, rule) => {
        expected.add(place(element));
        const box = frames.get(place(element));
        const seen = box && [box.className.replace(' chosen', ''), box.textContent].join('|');
        const written = `${kind}|${kind === 'recorded' ? '' : `${kind}: ${rule}`}`;
        if (seen !== written) wrong.push([element.id || element.localName, written, seen]);
    };
    const elements = [...document.querySelectorAll('body *'), card.shadowRoot.querySelector('button')];
    for (const element of elements.filter(({ id }) => id !== 'below' && id !== 'away')) {
        const { value } = await waymark('explain', element);
        const { privacy, rule, region, data } = value;
        if (region) expect(region, privacy, rule);
        if (value.element === element && !data.plain && element !== region)
            expect(element, privacy === 'open' ? 'recorded' : privacy, rule);
    }
    return { wrong, more: [...frames.keys()].filter((at) => !expected.has(at)), count: frames.size };
})()";

pub async fn the_overlay_frames_what_explain_says_and_is_not_recorded(browser: &Browser, world: &World) {
    world.set_site("level = 2\ncollect.hash = true").await;
    open(browser, world, &format!("waymark-overlay={}", token(world, &origin(world)).await)).await;
    wait_for_frames(browser).await;
    let compared = browser.promised(COMPARE).await;
    assert_eq!((&compared["wrong"], &compared["more"]), (&json!([]), &json!([])), "{compared}");
    assert_eq!(compared["count"], 13, "{compared}");
    // The address is the page's own again, and nothing was added to the history.
    assert_eq!(browser.run("return location.href", &[]).await, world.page("pages/overlay.html?settings={}"));

    // What is pointed at is told in the panel.
    let panel = "document.querySelector('waymark-overlay').shadowRoot.querySelector('.panel')";
    browser.run("part.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, composed: true }))", &[]).await;
    let told = browser.run(&format!("return {panel}.querySelector('.detail').innerText"), &[]).await;
    for text in ["Save now", "recorded", "title", "Save it"] {
        assert!(told.as_str().unwrap().contains(text), "{text}: {told}");
    }
    // Its own buttons work, and are nobody's clicks.
    for button in ["Move", "Next"] {
        let one = format!("[...{panel}.querySelectorAll('button')].find((one) => one.textContent === '{button}')");
        browser.click_at(&one).await;
    }
    assert_eq!(browser.run(&format!("return {panel}.querySelector('h3').textContent"), &[]).await, "Log out");
    // The page changes, and its scroller scrolls.
    browser.run("masked.parentNode.classList.remove('wm-hide'); scroller.scrollTop = 400", &[]).await;
    browser
        .wait_for(
            "[...document.querySelector('waymark-overlay').shadowRoot.querySelectorAll('.censored')]
            .every((box) => !box.textContent.includes('wm-hide'))",
        )
        .await;
    browser.wait_for(
        "(() => {
            const { y } = away.getBoundingClientRect();
            const boxes = [...document.querySelector('waymark-overlay').shadowRoot.querySelectorAll('.frames > div:not([hidden])')];
            return boxes.some((box) => Math.abs(box.getBoundingClientRect().y - y) < 1);
        })()",
    )
    .await;
    browser.press(ESCAPE).await;
    browser.wait_for("!document.querySelector('waymark-overlay')").await;
    call(browser, "waymark('record', 'last', {})").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.iter().any(|event| event["type"] == "last")).await;
    let mut kinds: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    kinds.sort_by_key(|kind| kind.to_string());
    assert_eq!(kinds, ["early", "last", "pageView"]);
    assert!(!json!(events).to_string().contains("waymark-overlay"), "{events:?}");
    assert_eq!(browser.run("return [violations, warned]", &[]).await, json!([[], []]));
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_token_that_is_not_valid_here_opens_no_overlay(browser: &Browser, world: &World) {
    let other = token(world, "http://localhost:1").await;
    let ended = token(world, &origin(world)).await;
    // Its tokens end with the collector, as they do after five minutes.
    world.set_site("level = 2").await;
    let other = [other, token(world, "http://localhost:1").await];
    for token in [other[0].as_str(), &other[1], &ended, "0123456789abcdef0123456789abcdef", "x"] {
        open(browser, world, &format!("waymark-overlay={token}")).await;
        browser.wait_for("warned.some((line) => line.includes('this token opens no overlay here'))").await;
        let seen = "return [location.hash, document.querySelectorAll('waymark-overlay').length, violations]";
        assert_eq!(browser.run(seen, &[]).await, json!(["", 0, []]), "{token}");
    }
    // Without a token nobody asks.
    open(browser, world, "part").await;
    flush(browser).await;
    let requests =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('overlay.js')).length";
    assert_eq!(browser.run(requests, &[]).await, 0);
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn the_inspector_opens_a_page_with_the_overlay(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    open(browser, world, "").await;
    flush(browser).await;
    browser.goto(&format!("{}/", world.collector())).await;
    browser.wait_for("document.querySelector('#rows button')").await;
    // A driver does not tell of a tab that a page opens in every engine.
    browser
        .run(
            "document.querySelector('#rows button').click();
            window.open = () => ({ location: { replace: (address) => { window.opened = address; } }, close() {} })",
            &[],
        )
        .await;
    let link =
        "[...document.querySelectorAll('#detail dd button')].find((one) => one.textContent === 'See it on your page')";
    browser.click_at(link).await;
    browser.wait_for("document.querySelector('#on-page').open").await;
    let address = "document.querySelector('#on-page input')";
    let guessed = browser.run(&format!("return {address}.value"), &[]).await;
    assert!(guessed.as_str().unwrap().ends_with("/pages/overlay.html"), "{guessed}");
    for (typed, error) in [("javascript:alert(1)", "begins with https://"), ("", "")] {
        browser.run(&format!("{address}.value = arguments[0]"), &[json!(typed)]).await;
        browser.click("#on-page .primary").await;
        let said = browser.run("return document.querySelector('#on-page .wrong').textContent", &[]).await;
        assert!(said.as_str().unwrap().contains(error) && browser.run("return window.opened", &[]).await.is_null());
    }
    let page = world.page("pages/overlay.html?settings={}#/list");
    browser.run(&format!("{address}.value = arguments[0]"), &[json!(page)]).await;
    browser.click("#on-page .primary").await;
    let opened = browser.wait_for("window.opened").await;
    assert_eq!(browser.run("return document.querySelector('#on-page').open", &[]).await, false);
    browser.goto(opened.as_str().unwrap()).await;
    wait_for_frames(browser).await;
    assert_eq!(browser.run("return location.hash", &[]).await, "#/list");
    assert_eq!(wrong(browser).await, json!([]));
}
