//! What this recorder did not write is somebody else's: the page's own data, and what the recorder of another site
//! keeps on the same origin.

use crate::{but_for_the_outbox, call, different, each, flush, kept, open, texts};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::{World, kind};

/// All that the page keeps for itself is there.
#[track_caller]
fn nothing_is_missing(browser: &Browser) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move { assert_eq!(browser.run("return missing()", &[]).await, json!([]), "{caller}") }
}

pub async fn the_page_s_own_data_outlives_the_recorder(browser: &Browser, world: &World) {
    open(browser, world, "isolation.html", "{}").await;
    browser.run("keepMine()", &[]).await;
    open(browser, world, "isolation.html", "{}").await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    flush(browser).await;
    nothing_is_missing(browser).await;

    let shown = call(browser, "waymark('inspect')").await;
    let names = shown["stored"].as_array().unwrap().iter().map(|entry| entry["key"].clone());
    let names = texts(&Value::Array(names.collect()));
    assert!(names.contains(&"wm-euid.demo".to_owned()), "{names:?}");
    let mine = browser.run("return arguments[0].filter(isMine)", &[json!(names)]).await;
    assert_eq!(mine, json!([]), "what is the page's is not shown as the recorder's");

    let steps =
        ["'consent', 'denied'", "'consent', 'granted'", "'level', 0", "'level', 3", "'reset'", "'forget'", "'stop'"];
    for step in steps {
        call(browser, &format!("waymark({step})")).await;
        nothing_is_missing(browser).await;
    }
    for settings in [r#"{ "level": 0 }"#, r#"{ "consent": "wait" }"#] {
        open(browser, world, "isolation.html", settings).await;
        call(browser, "waymark('consent', 'denied')").await;
        nothing_is_missing(browser).await;
    }
    let kept = kept(browser).await;
    assert_eq!(kept.len(), 3 * 8, "the recorder has left nothing of its own: {kept:?}");
}

/// Goes to a page of the site, which reports to that world's collector.
async fn visit(browser: &Browser, world: &World, site: &str, to: &World) {
    open(browser, world, "isolation.html", &format!(r#"{{ "site": "{site}", "collector": "{}" }}"#, to.collector()))
        .await;
}

/// Records so many marks, which the site's collector, being gone, does not take.
async fn record_in_vain(browser: &Browser, marks: std::ops::Range<u32>) {
    browser
        .run("for (const n of arguments[0]) waymark('record', 'mark', { n })", &[json!(marks.collect::<Vec<_>>())])
        .await;
    assert_eq!(browser.promised("waymark('flush')").await["ok"], false);
}

/// Waits until the collector has so many marks of the site; there is none twice.
async fn marks_of<'w>(world: &'w World, site: &'w str, marks: std::ops::Range<i64>) {
    let is_one = move |event: &&Value| kind(event) == "mark" && event["server"]["site"] == site;
    let count = marks.clone().count();
    let events = world.wait_for(move |events| events.iter().filter(is_one).count() >= count).await;
    let mut found: Vec<i64> = events.iter().filter(is_one).map(|event| event["data"]["n"].as_i64().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, marks.collect::<Vec<_>>(), "{site}");
}

pub async fn two_sites_with_two_collectors_stay_isolated_through_an_outage(browser: &Browser, world: &World) {
    let other = World::start().await;
    visit(browser, world, "site-a", &other).await;
    flush(browser).await;
    other.stop_collector().await;
    record_in_vain(browser, 0..20).await;

    // The page of the other site sends its own, and nothing else.
    visit(browser, world, "site-b", world).await;
    browser.run("for (let n = 100; n < 120; n++) waymark('record', 'mark', { n })", &[]).await;
    flush(browser).await;
    marks_of(world, "site-b", 100..120).await;

    // One collector is away, then the other.
    visit(browser, world, "site-a", &other).await;
    record_in_vain(browser, 20..40).await;
    other.start_collector().await;
    visit(browser, world, "site-b", world).await;
    flush(browser).await;
    visit(browser, world, "site-a", &other).await;
    flush(browser).await;
    marks_of(&other, "site-a", 0..40).await;
    marks_of(world, "site-b", 100..120).await;
    assert_eq!(each(&other.events().await, "/server/site").iter().filter(|site| **site != "site-a").count(), 0);
    assert_eq!(each(&world.events().await, "/server/site").iter().filter(|site| **site != "site-b").count(), 0);
}

pub async fn two_sites_at_one_collector_stay_isolated_through_an_outage(browser: &Browser, world: &World) {
    for (round, (site, next)) in [("site-a", "site-b"), ("site-b", "site-a")].into_iter().enumerate() {
        let from = round as u32 * 100;
        visit(browser, world, site, world).await;
        flush(browser).await;
        world.stop_collector().await;
        record_in_vain(browser, from..from + 20).await;
        browser.goto(&world.page("pages/none.html")).await;
        world.start_collector().await;
        visit(browser, world, next, world).await;
        flush(browser).await;
        visit(browser, world, site, world).await;
        // Without Web Locks it takes a page some seconds to be sure that nobody else sends them.
        marks_of(world, site, from.into()..i64::from(from) + 20).await;
    }
    marks_of(world, "site-a", 0..20).await;
    marks_of(world, "site-b", 100..120).await;
    let events = world.events().await;
    let tabs = |site| different(events.iter().filter(|event| event["server"]["site"] == site).map(tab).collect());
    assert_eq!((tabs("site-a"), tabs("site-b")), (1, 1), "each site has a tab of its own, and only one");
}

fn tab(event: &Value) -> &str {
    event["server"]["tab"].as_str().unwrap()
}

/// What the browser keeps of the site, but for what comes and goes.
async fn kept_of(browser: &Browser, site: &str) -> Vec<String> {
    let end = format!(".{site}");
    let part = format!("{end}.");
    let lines = but_for_the_outbox(kept(browser).await).into_iter();
    lines.filter(|line| line.ends_with(&end) || line.contains(&part)).collect()
}

pub async fn a_denial_on_one_site_leaves_the_other_site_s_data(browser: &Browser, world: &World) {
    visit(browser, world, "site-a", world).await;
    call(browser, "waymark('consent', 'granted')").await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    flush(browser).await;
    let kept_of_a = kept_of(browser, "site-a").await;
    assert_eq!(kept_of_a.len(), 8, "{kept_of_a:?}");

    let first = browser.new_tab().await;
    visit(browser, world, "site-b", world).await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    flush(browser).await;
    assert!(kept_of(browser, "site-b").await.len() > 4);
    call(browser, "waymark('consent', 'denied')").await;
    assert_eq!(kept_of(browser, "site-b").await, [""; 0]);
    assert_eq!(kept_of(browser, "site-a").await, kept_of_a);
    call(browser, "waymark('consent', 'granted')").await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    flush(browser).await;
    let kept_of_b = kept_of(browser, "site-b").await;

    browser.close_tab(first).await;
    let shown = call(browser, "waymark('inspect')").await;
    assert_eq!((&shown["consent"], &shown["mode"]), (&json!("granted"), &json!("on")));
    call(browser, "waymark('forget')").await;
    assert_eq!(kept_of(browser, "site-a").await, [""; 0]);
    assert_eq!(kept_of(browser, "site-b").await, kept_of_b);
}
