//! Level 2: what users click, change and submit arrives, and nothing of what they must keep to themselves.

use crate::{call, each, flush, kept, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::World;

/// What stands in every place of the page of which nothing may be recorded.
const SECRET: &str = "zebra";

/// Opens the page of a site at level 2, with settings of the page's own.
async fn open_page(browser: &Browser, world: &World, settings: &str) {
    world.set_site("level = 2").await;
    open(browser, world, "capture.html", settings).await;
    flush(browser).await;
}

/// How often the page has requested the code of level 2.
async fn requests_for_the_code(browser: &Browser) -> usize {
    let names = browser.run("return performance.getEntriesByType('resource').map((entry) => entry.name)", &[]).await;
    let names: Vec<String> = serde_json::from_value(names).unwrap();
    names.iter().filter(|name| name.ends_with("/capture.wasm")).count()
}

/// The events of these kinds, without time and context.
async fn captured(browser: &Browser, world: &World, count: usize) -> Vec<Value> {
    flush(browser).await;
    let is_one = |event: &&Value| !matches!(event["type"].as_str(), Some("pageView" | "deadClick"));
    let events = world.wait_for(|events| events.iter().filter(is_one).count() >= count).await;
    events.iter().filter(is_one).cloned().collect()
}

pub async fn clicks_are_recorded_as_they_were_pressed(browser: &Browser, world: &World) {
    open_page(browser, world, "{}").await;
    for selector in ["#icon", "#changes", "#user", "#masked", "#hidden", "#label", "#link"] {
        browser.click(selector).await;
    }
    let events = captured(browser, world, 7).await;
    let seen: Vec<Value> = events
        .iter()
        .map(|event| json!([event["data"]["el"]["id"], event["data"]["text"], event["data"]["via"]]))
        .collect();
    let expected = [
        json!(["icon", "Save", null]),
        json!(["changes", "Store", null]),
        json!(["user", "Log out", null]),
        json!(["masked", null, null]),
        json!(["news", null, "label"]),
        // It is changed by that.
        json!(["news", null, null]),
        json!(["link", "the terms", null]),
    ];
    assert_eq!(seen, expected, "{events:?}");
    let data = &events[0]["data"];
    assert_eq!((&data["by"], &data["el"]["classes"]), (&json!("mouse"), &json!(["primary", "large"])));
    assert!(data["x"].is_i64() && data.get("censored").is_none(), "{data}");
    let masked = &events[3]["data"];
    assert_eq!(
        (&masked["censored"], masked.get("x"), &masked["el"]["path"]),
        (&json!(true), None, &json!("button#masked"))
    );
    assert_eq!(events[4]["data"]["label"], "A weekly letter with all the news");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn no_secret_of_the_page_leaves_it(browser: &Browser, world: &World) {
    open_page(browser, world, "{}").await;
    for selector in ["#name", "#password", "#card-number", "#editor", "#masked", "#user", "#link"] {
        browser.click(selector).await;
    }
    for selector in ["#name", "#password", "#card-number", "#editor"] {
        browser.type_into(selector, SECRET).await;
    }
    browser.run("document.querySelector('#password').type = 'text'", &[]).await;
    browser.click("#password").await;
    browser.click("#pay").await;
    let events = captured(browser, world, 10).await;
    assert!(events.iter().any(|event| event["type"] == "formSubmit"), "{events:?}");
    assert!(events.iter().filter(|event| event["type"] == "elementChange").count() >= 3, "{events:?}");
    let stored = json!(events).to_string();
    let inspected = call(browser, "waymark('inspect')").await.to_string();
    let kept = kept(browser).await.join("\n");
    for (place, text) in [("the events", &stored), ("what is held", &inspected), ("what is kept", &kept)] {
        assert!(!text.contains(SECRET), "{place}: {text}");
    }
    assert!(!world.is_stored(SECRET));
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_submit_says_how_and_not_what(browser: &Browser, world: &World) {
    open_page(browser, world, "{}").await;
    browser.type_into("#name", "a").await;
    browser.click("#pay").await;
    let events = captured(browser, world, 3).await;
    assert_eq!(each(&events, "/type"), ["elementChange", "elementClick", "formSubmit"], "{events:?}");
    let submit = &events.last().unwrap()["data"];
    assert_eq!(
        json!([submit["by"], submit["method"], submit["prevented"], submit["fields"], submit["el"]["id"]]),
        json!(["button", "post", true, 5, "pay"])
    );
    let form = &submit["form"];
    assert!(form["href"].as_str().unwrap().ends_with("/pay/[token]"), "{form}");
}

pub async fn what_is_in_an_open_shadow_tree_is_found(browser: &Browser, world: &World) {
    open_page(browser, world, "{}").await;
    let press = "document.querySelector('#card').shadowRoot.querySelector('.deep')";
    browser.click_at(press).await;
    browser.click_at(&press.replace(".deep", ".field")).await;
    browser.run(&format!("{}.focus()", press.replace(".deep", ".field")), &[]).await;
    let events = captured(browser, world, 2).await;
    let paths: Vec<&Value> = events.iter().map(|event| &event["data"]["el"]["path"]).collect();
    assert_eq!(
        paths,
        ["x-card#card >> p.inside>button.deep", "x-card#card >> p.inside>input.field"]
            .map(|path| json!(path))
            .iter()
            .collect::<Vec<_>>()
    );
}

pub async fn what_is_shown_in_a_slot_counts_once(browser: &Browser, world: &World) {
    world.set_site("level = 2\nexperience.clicks = false").await;
    open(browser, world, "slots.html", "{}").await;
    flush(browser).await;
    let inner = |id: &str| format!("card.shadowRoot.querySelector('#{id}')");
    // The second visit finds listeners at every tree.
    for _ in 0..2 {
        for field in ["slotted".to_owned(), "inside".to_owned(), inner("own"), inner("nested")] {
            browser.click_at(&field).await;
            browser.press('a').await;
            browser.run(&format!("{field}.blur()"), &[]).await;
        }
    }
    browser.click_at("send").await;
    let events = captured(browser, world, 9).await;
    let seen: Vec<Value> =
        events.iter().map(|event| json!([event["type"], event["data"]["el"]["id"], event["data"]["count"]])).collect();
    let visit = ["slotted", "inside", "own", "nested"].map(|id| json!(["elementChange", id, null]));
    assert_eq!(seen, [&visit[..], &visit, &[json!(["formSubmit", "send", null])]].concat(), "{events:?}");
    assert_eq!(events[8]["data"]["prevented"], true, "{events:?}");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_click_that_nothing_follows_is_dead(browser: &Browser, world: &World) {
    open_page(browser, world, "{}").await;
    browser.click("#alive").await;
    browser.click("#dead").await;
    // The recorder's own requests are no answer of the page.
    flush(browser).await;
    let is_dead = |event: &&Value| event["type"] == "deadClick";
    browser.promised("new Promise((done) => setTimeout(done, 3200))").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.iter().any(|event| is_dead(&event))).await;
    let dead: Vec<&Value> = events.iter().filter(is_dead).collect();
    assert_eq!((dead.len(), &dead[0]["data"]["text"], &dead[0]["data"]["why"]), (1, &json!("Dead"), &json!("nothing")));
}

pub async fn below_level_2_nothing_is_captured(browser: &Browser, world: &World) {
    open_page(browser, world, r#"{ "level": 1 }"#).await;
    browser.click("#icon").await;
    assert_eq!(call(browser, "waymark('explain', '#icon')").await["privacy"], "off");
    call(browser, "waymark('record', 'last', {})").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "last"]).await;
    assert_eq!(requests_for_the_code(browser).await, 0);
    // Consent that is withdrawn takes along what waits.
    open_page(browser, world, "{}").await;
    browser.type_into("#name", "a").await;
    call(browser, "waymark('consent', 'denied')").await;
    browser.click("#icon").await;
    call(browser, "waymark('consent', 'granted')").await;
    call(browser, "waymark('record', 'end', {})").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.iter().any(|event| event["type"] == "end")).await;
    assert!(!events.iter().any(|event| event["type"] == "elementChange"), "{events:?}");
}

pub async fn what_a_click_would_record_can_be_asked_for(browser: &Browser, world: &World) {
    open_page(browser, world, r##"{ "censor": { "selectors": ["#icon", "::nonsense("] } }"##).await;
    let explained = call(browser, "waymark('explain', '#user')").await;
    assert_eq!(
        (&explained["privacy"], &explained["rule"]),
        (&json!("censored"), &json!("censor.selectors is invalid"))
    );
    open_page(browser, world, r##"{ "censor": { "selectors": "#icon" } }"##).await;
    let explained = call(browser, "waymark('explain', document.querySelector('#rect'))").await;
    assert_eq!((&explained["privacy"], &explained["rule"]), (&json!("censored"), &json!("censor.selectors")));
    let explained = call(browser, "waymark('explain', '#user')").await;
    assert_eq!((&explained["privacy"], &explained["data"]["text"]), (&json!("open"), &json!("Log out")));
    assert_eq!(call(browser, "waymark('explain', '#hidden')").await["data"], Value::Null);
    let refused = browser.promised("waymark('explain', '#nothing')").await;
    assert_eq!(refused["error"], "explain takes an element, or a selector of one");
}

pub async fn without_the_code_of_level_2_a_page_is_recorded_at_level_1(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    browser.goto(&world.page("pages/capture.html?settings={}&without=capture.wasm")).await;
    browser.wait_for("window.waymark").await;
    let refused = browser.promised("waymark('explain', '#icon')").await;
    assert_eq!(refused["error"], "the code of level 2 could not be loaded");
    browser.click("#icon").await;
    call(browser, "waymark('record', 'last', {})").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "last"]).await;
    assert_eq!(wrong(browser).await, json!([]));
}
