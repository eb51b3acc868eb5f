//! T41: clicks that the page, or the browser itself, answers in ways of their own. T18, T42: taps of a finger.

use crate::{call, flush, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::in_chromium;
use support::world::World;

async fn open_page(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    open(browser, world, "answers.html", "{}").await;
    flush(browser).await;
    call(browser, "waymark('explain', 'button')").await;
}

/// Type, element and pointer of each event of level 2, once those that take their time have come.
async fn captured(browser: &Browser, world: &World, clicks: usize) -> Vec<Value> {
    browser.promised("new Promise((done) => setTimeout(done, 3300))").await;
    flush(browser).await;
    let is_one = |event: &&Value| event["data"]["el"].is_object();
    let is_click = |event: &&Value| event["type"] == "elementClick";
    let events = world.wait_for(|events| events.iter().filter(is_click).count() >= clicks).await;
    let data = events.iter().filter(is_one).map(|event| (&event["type"], &event["data"]));
    data.map(|(kind, data)| json!([kind, data["el"]["id"], data["by"]])).collect()
}

pub async fn a_click_that_a_view_transition_answers_is_not_dead(browser: &Browser, world: &World) {
    open_page(browser, world).await;
    browser.click("#transits").await;
    browser.wait_for("window.isOver && moved.textContent === 'There'").await;
    // The same pause finds one that nothing answers.
    browser.click("#dead").await;
    assert_eq!(
        captured(browser, world, 2).await,
        [
            json!(["elementClick", "transits", "mouse"]),
            json!(["elementClick", "dead", "mouse"]),
            json!(["deadClick", "dead", "mouse"])
        ]
    );
    assert_eq!(wrong(browser).await, json!([]));
}

/// Whether such a click is dead is the browser's to say: docs/experience.md has it.
pub async fn a_click_that_opens_an_alert_is_recorded_and_the_page_goes_on(browser: &Browser, world: &World) {
    open_page(browser, world).await;
    browser.click("#alerts").await;
    assert_eq!(browser.accept_alert().await, "An alert");
    browser.click("#dead").await;
    let events = captured(browser, world, 2).await;
    let clicks: Vec<&Value> = events.iter().filter(|event| event[0] == "elementClick").collect();
    assert_eq!(clicks, [&json!(["elementClick", "alerts", "mouse"]), &json!(["elementClick", "dead", "mouse"])]);
    assert!(events.contains(&json!(["deadClick", "dead", "mouse"])), "{events:?}");
    assert_eq!(wrong(browser).await, json!([]));
}

in_chromium![a_click_that_downloads_is_not_dead, taps_are_clicks_by_touch];

/// Only Chromium can be told to keep the file.
async fn a_click_that_downloads_is_not_dead(browser: &Browser, world: &World) {
    open_page(browser, world).await;
    browser.devtools("Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await;
    browser.click("#downloads").await;
    assert_eq!(captured(browser, world, 1).await, [json!(["elementClick", "downloads", "mouse"])]);
    browser.devtools("Browser.setDownloadBehavior", json!({ "behavior": "default" })).await;
    assert_eq!(wrong(browser).await, json!([]));
}

/// Only Chromium's driver makes a click of a tap.
async fn taps_are_clicks_by_touch(browser: &Browser, world: &World) {
    open_page(browser, world).await;
    for _ in 0..5 {
        browser.tap("taps").await;
    }
    let mut events = captured(browser, world, 5).await;
    events.retain(|event| event[0] != "deadClick");
    let mut expected = vec![json!(["elementClick", "taps", "touch"]); 5];
    expected.push(json!(["rageClick", "taps", "touch"]));
    assert_eq!(events, expected);
    assert_eq!(wrong(browser).await, json!([]));
}
