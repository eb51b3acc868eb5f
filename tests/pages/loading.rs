//! How the recorder comes to a page, and what becomes of the page's calls where something is in the way.

use crate::{flush, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::engine::Engine;
use support::world::{World, kind};

// How the recorder comes to a page.

pub async fn the_snippet_records_a_page_view(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/inline.html")).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["ctx"]["title"], "The snippet");
    assert_eq!(events[0]["ctx"]["location"]["pathname"], "/pages/inline.html");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn one_tag_records_a_page_view(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/one-tag.html")).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["ctx"]["title"], "One tag");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn calls_before_loading_are_replayed_in_order_with_their_times(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/early.html")).await;
    flush(browser).await;
    let events = world.wait_for(|events| events.len() == 4).await;
    let recorded: Vec<&Value> = events.iter().filter(|event| kind(event) != "pageView").collect();
    let kinds: Vec<&str> = recorded.iter().map(|event| kind(event)).collect();
    assert_eq!(kinds, ["first", "second", "third"]);
    let made = browser.run("return made", &[]).await;
    for (event, made) in recorded.iter().zip(made.as_array().unwrap()) {
        let time = event["time"].as_i64().unwrap();
        let [before, after] = [&made[0], &made[1]].map(|time| time.as_i64().unwrap());
        // The calls are 40 ms apart.
        assert!((before..=after).contains(&time), "{} is of {time}, made from {before} to {after}", kind(event));
    }
}

pub async fn two_snippets_start_one_recorder(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/twice.html")).await;
    flush(browser).await;
    browser.promised("waymark('record', 'after', {})").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "after"]).await;
}

// Where it cannot work.

/// More than any queue holds. Each is answered: none waits for ever in a page that nothing will come to.
const THREE_THOUSAND_CALLS: &str =
    "Promise.all(Array.from({ length: 3000 }, (_, i) => waymark('record', 'lost', { i })))
    .then((outcomes) => [outcomes.length, [...new Set(outcomes.map(({ ok }) => '' + ok))].join()])";

pub async fn a_page_without_a_collector_works(browser: &Browser, world: &World) {
    world.stop_collector().await;
    browser.goto(&world.page("pages/inline.html")).await;
    assert_eq!(browser.promised(THREE_THOUSAND_CALLS).await, json!([3000, "false"]));
    browser.click("#next").await;
    browser.wait_for("document.title === 'One tag'").await;
    assert_nothing_but_the_script_is_missed(browser).await;
}

pub async fn a_collector_that_goes_away_costs_the_page_nothing_and_gets_its_events_later(
    browser: &Browser,
    world: &World,
) {
    browser.goto(&world.page("pages/inline.html")).await;
    flush(browser).await;
    world.stop_collector().await;
    browser.run("for (let i = 0; i < 120; i++) waymark('record', 'kept', { i })", &[]).await;
    assert_eq!(browser.promised("waymark('flush')").await["ok"], false);
    world.start_collector().await;
    let events = world.wait_for(|events| events.len() == 121).await;
    let sent: Vec<_> = events.iter().filter(|event| kind(event) == "kept").map(|event| &event["data"]["i"]).collect();
    assert_eq!(sent, (0..120).collect::<Vec<i32>>());
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_page_that_forbids_wasm_and_its_stand_in_works(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/neither.html")).await;
    browser.wait_for("document.readyState === 'complete'").await;
    assert_eq!(browser.promised(THREE_THOUSAND_CALLS).await, json!([3000, "false"]));
    assert_eq!(wrong(browser).await, json!([]));
}

// What the page is when it goes.

pub async fn calls_just_before_their_tabs_are_closed_arrive(browser: &Browser, world: &World) {
    const TABS: usize = 10;
    for tab in 0..TABS {
        let before = browser.new_tab().await;
        browser.goto(&world.page("pages/inline.html")).await;
        flush(browser).await;
        browser.run("waymark('record', 'goodbye', { tab: arguments[0] })", &[json!(tab)]).await;
        browser.close_tab(before).await;
    }
    // Firefox drops between one in sixty and one in ten of the requests of tabs that its driver closes, be they beacons
    // or fetches with keepalive (measured). A later page sends what was kept (tests/faults).
    let enough = if browser.engine == Engine::Firefox { TABS / 2 } else { TABS };
    world.wait_for(|events| events.iter().filter(|event| kind(event) == "goodbye").count() >= enough).await;
}

pub async fn a_call_just_before_its_page_is_left_arrives(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/inline.html")).await;
    flush(browser).await;
    browser.run("waymark('record', 'goodbye', {}); document.querySelector('#next').click()", &[]).await;
    let events = world.wait_for(|events| events.len() == 3).await;
    let mut kinds: Vec<&str> = events.iter().map(kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["goodbye", "pageView", "pageView"]);
    let goodbye = events.iter().find(|event| kind(event) == "goodbye").unwrap();
    assert_eq!(goodbye["ctx"]["location"]["pathname"], "/pages/inline.html");
}

/// A script that is not there is seen by the page, and we cannot change that; nothing else may be.
async fn assert_nothing_but_the_script_is_missed(browser: &Browser) {
    let wrong = wrong(browser).await;
    let other = |line: &Value| !line.as_str().unwrap_or_default().contains("/waymark.js");
    assert!(!wrong.as_array().unwrap().iter().any(other), "{wrong}");
}
