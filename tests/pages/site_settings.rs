//! What the site's owner set at the collector holds on the site's pages, against what they say, and whether or not the
//! collector can be asked.

use crate::{call, each, flush, kept, open};
use serde_json::json;
use support::browser::Browser;
use support::world::{World, kind};
use waymark::CallError::Off;

pub async fn a_page_is_recorded_as_the_site_s_owner_set(browser: &Browser, world: &World) {
    world.set_site("collect.title = false\nuser.cookie = \"customer\"\nidentity.hash = true").await;
    open(browser, world, "site-settings.html", "{}").await;
    flush(browser).await;
    browser.run("document.cookie = 'customer=adam.brown@example.com'", &[]).await;
    let wider = r#"{ "level": 3, "collect": { "title": true }, "identity": { "hash": false } }"#;
    open(browser, world, "site-settings.html", wider).await;
    flush(browser).await;
    let events = world.wait_for(|events| events.iter().any(|event| kind(event) == "identify")).await;
    let last = events.iter().find(|event| kind(event) == "identify").unwrap();
    assert!(last["ctx"].get("title").is_none(), "{last}");
    // What it says of the user stays in the browser.
    assert_eq!(last["wm"]["euIdSource"], "Identifier");
    assert!(!world.is_stored("adam.brown@example.com"));
    assert_eq!(call(browser, "waymark('inspect')").await["why"]["settings"], json!(1));
}

pub async fn a_site_that_is_switched_off_records_nothing_and_keeps_nothing(browser: &Browser, world: &World) {
    world.set_site("level = 0").await;
    open(browser, world, "site-settings.html", r#"{ "level": 3 }"#).await;
    let outcome = browser.promised("waymark('record', 'a', {})").await;
    assert_eq!(outcome["error"], Off.message(), "{outcome}");
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    flush(browser).await;
    assert_eq!(kept(browser).await, [""; 0]);
    assert_eq!(browser.run("return sent()", &[]).await, json!([]));
}

pub async fn an_outage_records_nothing_at_first_and_goes_on_as_before_later(browser: &Browser, world: &World) {
    open(browser, world, "site-settings.html", r#"{ "answer": null }"#).await;
    let outcome = browser.promised("waymark('record', 'lost', {})").await;
    assert_eq!(outcome["ok"], false, "{outcome}");
    assert!(outcome["error"].as_str().unwrap().contains("could not be fetched"), "{outcome}");
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    assert_eq!(kept(browser).await, [""; 0]);
    assert_eq!(browser.run("return sent()", &[]).await, json!([]));

    browser.run("window.answer = undefined; window.dispatchEvent(new Event('online'))", &[]).await;
    browser.wait_for("Object.keys(localStorage).some((key) => key.startsWith('wm-settings.demo.'))").await;
    call(browser, "waymark('record', 'recorded', {})").await;
    flush(browser).await;

    // The next page finds them kept.
    open(browser, world, "site-settings.html", r#"{ "answer": null }"#).await;
    call(browser, "waymark('record', 'kept', {})").await;
    flush(browser).await;
    assert_eq!(call(browser, "waymark('state.get', 'task', '7')").await["value"], 1);
    world.wait_for_kinds(&["pageView", "recorded", "pageView", "kept"]).await;
}

pub async fn nothing_goes_to_another_data_centre(browser: &Browser, world: &World) {
    let elsewhere = r#"{ "region": "eu", "answer": { "settings": { "level": 1 }, "sampling": 100, "region": "us" } }"#;
    open(browser, world, "site-settings.html", elsewhere).await;
    call(browser, "waymark('record', 'a', {})").await;
    let outcome = browser.promised("waymark('flush')").await;
    assert_eq!(outcome["ok"], false, "{outcome}");
    browser.goto(&world.page("pages/back.html")).await;
    flush(browser).await;
    // The next page's collector is the right one: it sends what waited.
    let events = world.wait_for(|events| events.len() == 3).await;
    let mut titles = each(&events, "/ctx/title");
    titles.sort_unstable();
    assert_eq!(titles, ["Back", "Site", "Site"]);
}
