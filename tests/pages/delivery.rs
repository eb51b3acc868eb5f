//! What is recorded stays until it is acknowledged, and costs the page nothing on the way.

use crate::{call, different, each, flush, open};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::{World, kind};

const RECORD_600: &str =
    "for (let i = 0; i < 600; i++) waymark('record', 'many', { i, text: 'x'.repeat(60) }); return counted.storage";

pub async fn recording_makes_no_storage_call(browser: &Browser, world: &World) {
    open(browser, world, "counted.html", "{}").await;
    flush(browser).await;
    let before = browser.run("return counted.storage", &[]).await;
    assert!(before.as_i64().unwrap() > 0, "they are counted");
    assert_eq!(browser.run(RECORD_600, &[]).await, before);
    flush(browser).await;
    world.wait_for(|events| events.len() == 601).await;
}

pub async fn long_batches_are_compressed_and_short_ones_are_not(browser: &Browser, world: &World) {
    open(browser, world, "counted.html", "{}").await;
    flush(browser).await;
    let sent = browser.run("return counted.sent", &[]).await;
    assert_eq!(sent, json!(["text"]));
    browser.run(RECORD_600, &[]).await;
    flush(browser).await;
    world.wait_for(|events| events.len() == 601).await;
    let sent = browser.run("return counted.sent.slice(1)", &[]).await;
    let can = browser.run("return !!window.CompressionStream", &[]).await == true;
    let form = if can { "bytes" } else { "text" };
    assert!(sent.as_array().unwrap().iter().all(|sent| sent == form), "{sent}");
}

/// Records what the collector, which is gone, cannot take, and has it kept.
async fn record_in_vain(browser: &Browser, world: &World, page: &str) {
    open(browser, world, page, "{}").await;
    flush(browser).await;
    world.stop_collector().await;
    browser.run("for (let i = 0; i < 60; i++) waymark('record', 'kept', { i })", &[]).await;
    assert_eq!(browser.promised("waymark('flush')").await["ok"], false);
}

async fn all_60_are_there(world: &World) -> Vec<Value> {
    let events = world.wait_for(|events| events.iter().filter(|event| kind(event) == "kept").count() == 60).await;
    let kept: Vec<Value> = events.into_iter().filter(|event| kind(event) == "kept").collect();
    let sent: Vec<_> = kept.iter().map(|event| &event["data"]["i"]).collect();
    assert_eq!(sent, (0..60).collect::<Vec<i32>>());
    kept
}

pub async fn unsent_events_are_sent_by_the_next_page(browser: &Browser, world: &World) {
    record_in_vain(browser, world, "plain.html").await;
    let title = "localStorage.getItem(Object.keys(localStorage).find((key) => key.startsWith('wm-out.')))";
    browser.wait_for(title).await;
    browser.goto(&world.page("pages/none.html")).await;
    world.start_collector().await;
    open(browser, world, "plain.html", "{}").await;
    let kept = all_60_are_there(world).await;
    assert_eq!(different(each(&kept, "/server/tab")), 1);
    browser.wait_for("!Object.keys(localStorage).some((key) => key.startsWith('wm-out.'))").await;
}

pub async fn without_web_locks_the_next_page_sends_unsent_events(browser: &Browser, world: &World) {
    record_in_vain(browser, world, "unlocked.html").await;
    world.start_collector().await;
    open(browser, world, "unlocked.html", "{}").await;
    all_60_are_there(world).await;
}

pub async fn an_open_tab_sends_the_events_of_a_closed_tab(browser: &Browser, world: &World) {
    open(browser, world, "plain.html", "{}").await;
    let before = browser.new_tab().await;
    record_in_vain(browser, world, "plain.html").await;
    browser.wait_for("Object.keys(localStorage).some((key) => key.startsWith('wm-out.'))").await;
    world.start_collector().await;
    // The other tab is there all the time, and may send it only when this one is gone.
    browser.run("window.fetch = () => new Promise(() => {})", &[]).await;
    browser.close_tab(before).await;
    all_60_are_there(world).await;
}

pub async fn without_storage_the_page_keeps_events_in_memory_and_reports_it(browser: &Browser, world: &World) {
    record_in_vain(browser, world, "blocked.html").await;
    browser.promised("new Promise((kept) => setTimeout(kept, 1500))").await;
    let inspected = call(browser, "waymark('inspect')").await;
    assert_eq!(inspected["outbox"], "memory");
    world.start_collector().await;
    browser.run("dispatchEvent(new Event('online'))", &[]).await;
    all_60_are_there(world).await;
}

pub async fn an_edited_batch_is_declared_lost(browser: &Browser, world: &World) {
    record_in_vain(browser, world, "plain.html").await;
    browser.wait_for("Object.keys(localStorage).some((key) => key.startsWith('wm-out.'))").await;
    browser.goto(&world.page("pages/none.html")).await;
    let edit = "for (const key of Object.keys(localStorage))
            if (key.startsWith('wm-out.')) localStorage.setItem(key, localStorage.getItem(key).slice(0, -9));
        for (const key of Object.keys(localStorage)) if (key.startsWith('wm-lease.')) localStorage.setItem(key, '5')";
    browser.run(edit, &[]).await;
    world.start_collector().await;
    open(browser, world, "plain.html", "{}").await;
    call(browser, "waymark('record', 'after', {})").await;
    let audit = world.wait_for_audit(|audit| audit["lost"]["unreadable"] == 60 && audit["missing"] == 0).await;
    assert_eq!((&audit["missing"], audit.get("surplus")), (&json!(0), None), "{audit}");
}

pub async fn a_page_with_a_request_in_flight_can_enter_the_back_forward_cache(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/back.html")).await;
    flush(browser).await;
    // The turn that begins the session holds a lock for a moment.
    let turn = "(async function over() {
        const held = navigator.locks ? (await navigator.locks.query()).held : [];
        if (held.some(({ name }) => name == 'wm-session.demo')) return new Promise((next) => setTimeout(next, 50)).then(over);
    })()";
    browser.promised(turn).await;
    browser.run("window.returned = 0; addEventListener('pageshow', (e) => (window.returned = e.persisted))", &[]).await;
    // A request is on its way when the page is frozen.
    browser.run("waymark('record', 'late', {}); waymark('flush'); document.querySelector('#next').click()", &[]).await;
    browser.wait_for("document.title === 'One tag' && window.waymark").await;
    flush(browser).await;
    browser.run("history.back()", &[]).await;
    browser.wait_for("document.title === 'Back' && window.waymark").await;
    let is_back = browser.run("return window.returned", &[]).await;
    let why = browser.run("return performance.getEntriesByType('navigation')[0].notRestoredReasons", &[]).await;
    assert_eq!(is_back, true, "{why}");
    flush(browser).await;
    let events = world.wait_for(|events| events.len() == 4).await;
    assert_eq!(events.iter().filter(|event| kind(event) == "late").count(), 1);
    let audit = world.wait_for_audit(|audit| audit["missing"] == 0).await;
    assert_eq!((&audit["created"], &audit["stored"], audit.get("surplus")), (&json!(4), &json!(4), None), "{audit}");
}

pub async fn a_changed_system_clock_changes_no_event_time(browser: &Browser, world: &World) {
    open(browser, world, "plain.html", "{}").await;
    // Calls that wait for the recorder have the page's time.
    browser.wait_for("!waymark.q").await;
    let before = browser.run("return Date.now()", &[]).await.as_i64().unwrap();
    // In one task: a page that is seen again meanwhile takes the jump for a sleep of the system.
    let jump = "const now = Date.now; Date.now = () => now() + 365 * 86400000; return waymark('record', 'jumped', {})";
    call(browser, &format!("(() => {{ {jump} }})()")).await;
    flush(browser).await;
    let events = world.wait_for(|events| events.len() == 2).await;
    let time = events[1]["time"].as_i64().unwrap();
    assert!((before - 1..before + 60_000).contains(&time), "{time}, and it was {before}");
    assert_eq!(events[1]["server"].get("corrected"), None);
}
