//! The address holds the whole view; the keyboard reaches all of it.

use super::*;
use support::in_chromium;

in_chromium![the_keyboard_reaches_everything];

/// From the 11th to the 12th, which are shown by hours.
pub async fn a_drag_over_the_chart_shows_its_days_alone(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    browser.wait_for("document.querySelector('.plot')?.dataset.points === '3'").await;
    let part = "window.part = (x) => ({ getBoundingClientRect() {
        const { left, top, width } = document.querySelector('.u-over').getBoundingClientRect();
        return { x: left + width * x, y: top + 20, width: 0, height: 0 };
    } }); document.querySelector('.plot').scrollIntoView({ block: 'center' })";
    browser.run(part, &[]).await;
    browser.drag("part(0.4)", "part(0.9)").await;
    browser.wait_for("location.search.includes('from=2026-01-11') && location.search.includes('to=2026-01-13')").await;
    browser.wait_for("document.querySelector('.plot')?.dataset.points === '48'").await;
    assert_eq!(card(browser, "Users").await, json!(["1", "-67 % from 3"]));
}

/// What a reader sees.
const SEEN: &str =
    "return document.querySelector('#views [aria-current]').textContent + document.querySelector('#ranges').textContent
    + document.querySelector('#main').textContent";

pub async fn a_link_is_a_view(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=Europe/Berlin")).await;
    // What the chart shows is a part of the view too.
    let choose = "const select = document.querySelector('.chart select'); select.value = 'sessions';
        select.dispatchEvent(new Event('change'))";
    browser.run(choose, &[]).await;
    browser.wait_for("document.querySelector('.plot')?.getAttribute('aria-label').startsWith('Sessions by')").await;
    let overview = browser.run(SEEN, &[]).await;
    browser
        .run("[...document.querySelectorAll('#views a')].find((link) => link.textContent === 'Pages').click()", &[])
        .await;
    browser
        .wait_for("document.querySelector('#title').textContent === 'Pages' && document.querySelector('#table-pages')")
        .await;
    shown(browser).await;
    browser
        .run("document.querySelector('#column').value = 'path'; document.querySelector('#value').value = '/sh*'", &[])
        .await;
    browser.click("#ask-for .primary").await;
    browser.wait_for("document.querySelectorAll('table[aria-labelledby=table-pages] tbody tr').length === 1").await;
    let filtered = browser.run(SEEN, &[]).await;
    assert!(filtered.as_str().unwrap().contains("path: /sh*"), "{filtered}");
    let link = browser.url().await;

    browser.run("history.go(-2)", &[]).await;
    browser.wait_for("document.querySelector('#title').textContent === 'Overview'").await;
    shown(browser).await;
    assert_eq!(browser.run(SEEN, &[]).await, overview);
    assert_eq!(browser.run("return document.querySelector('.chart select').value", &[]).await, "sessions");
    browser.run("history.go(2)", &[]).await;
    browser.wait_for("document.querySelectorAll('#ranges button').length === 6").await;
    shown(browser).await;
    assert_eq!(browser.run(SEEN, &[]).await, filtered);

    browser.goto(&link).await;
    shown(browser).await;
    assert_eq!(browser.run(SEEN, &[]).await, filtered);
    let before = browser.new_tab().await;
    browser.goto(&link).await;
    shown(browser).await;
    assert_eq!(browser.run(SEEN, &[]).await, filtered);
    assert_eq!(browser.url().await, link);
    browser.close_tab(before).await;
}

async fn the_keyboard_reaches_everything(browser: &Browser, world: &World) {
    const TAB: char = '\u{e004}';
    const ENTER: &str = "\u{e007}";
    const ESCAPE: &str = "\u{e00c}";
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC&view=users")).await;
    browser.run("document.querySelector('.other').focus()", &[]).await;
    let mut reached = Vec::new();
    for _ in 0..80 {
        browser.press(TAB).await;
        let at = "const at = document.activeElement;
            return at !== document.body && (at.id || at.className || at.textContent)";
        match browser.run(at, &[]).await.as_str() {
            // Behind the last of the page.
            None => break,
            Some(at) => reached.push(at.to_owned()),
        }
    }
    for stop in ["Overview", "site", "tz", "value", "Show", "30 days", "CSV", "scroll", "alice", "Export", "danger"] {
        assert!(
            reached.iter().any(|at| at == stop || at == "primary" && stop == "Show"),
            "{stop} is not in {reached:?}"
        );
    }
    // A number opens, and says what it counts.
    browser.type_into(".card summary", ENTER).await;
    browser.wait_for("document.querySelector('.card').open").await;
    // A view by the keyboard: the focus stays on its link.
    browser.type_into("#views li:nth-child(8) a", ENTER).await;
    browser.wait_for("document.querySelector('#table-pages')").await;
    assert_eq!(browser.run("return document.activeElement.textContent", &[]).await, "Pages");
    // A link inside leads to another view, at its beginning.
    browser.type_into("table[aria-labelledby=table-pages] td button", ENTER).await;
    browser.wait_for("document.querySelector('#table-before')").await;
    browser.wait_for("document.activeElement.id === 'main'").await;
    // A question can be left.
    open(browser, world, &format!("{RANGE}&tz=UTC&view=users")).await;
    browser.type_into("td .danger", ENTER).await;
    browser.wait_for("document.querySelector('#erase').open").await;
    browser.type_into("#erase [autofocus]", ESCAPE).await;
    browser.wait_for("!document.querySelector('#erase').open").await;
    assert_eq!(browser.run("return document.activeElement.className", &[]).await, "danger");
    assert_eq!(world.events().await.len(), 8);
}
