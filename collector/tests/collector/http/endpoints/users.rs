//! What is stored about somebody: handed out, erased, and gone from the bytes of every file.

use crate::harness::running::*;
use rusqlite::Connection;
use serde_json::{Value, json};

over_both_stores! {
    all_about_somebody_is_handed_out
    a_summary_counts_what_the_erasure_erases
    all_about_somebody_is_erased
    an_anonymous_id_is_erased_with_the_events_that_name_it
    what_others_did_on_a_shared_browser_stays
    at_one_site_only_where_one_is_named
    nobody_is_no_error
}

const KNOWN: &str = "adam.brown@example.com";
const ANONYMOUS: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";
const OTHER: &str = "00000000-0000-4000-8000-000000000001";

/// Two events of a tab of this user's, the second of this type with this data.
fn of(tab: u32, id: &str, source: &str, site: &str, (kind, data): (&str, Value)) -> String {
    let mut batch = views(tab, 1_700_000_000_000, 2);
    batch["site"] = json!(site);
    batch["contexts"][0]["wm"]["euId"] = json!(id);
    batch["contexts"][0]["wm"]["euIdSource"] = json!(source);
    batch["events"][1]["type"] = json!(kind);
    batch["events"][1]["data"] = data;
    batch.to_string()
}

fn anonymous(tab: u32, id: &str, site: &str) -> String {
    of(tab, id, "Cache", site, ("play", json!({})))
}

/// Begins with the event that links it to the anonymous one.
fn known(tab: u32, id: &str, was: &str, site: &str) -> String {
    of(tab, id, "Identifier", site, ("identify", json!({"anonymousId": was})))
}

/// Both sites take from anywhere.
async fn open(home: &Home) -> Running {
    let mut config = home.config();
    config.sites[1].origins.clear();
    Running::start(config).await
}

async fn post(collector: &Running, batches: &[String]) {
    for batch in batches {
        assert_eq!(collector.post(batch.clone()).await.outcome(), reply(2, 0));
    }
}

fn path(id: &str) -> String {
    let escaped: String = id.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("/v1/users/{escaped}")
}

async fn erase(collector: &Running, path: &str) -> Value {
    let bearer = format!("Bearer {TOKEN}");
    let answer = collector.ask(collector.request("DELETE", path, &[("authorization", &bearer)], Bytes::new())).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    answer.json()
}

/// The IDs of the users whose events are there.
async fn users(collector: &Running) -> Vec<String> {
    let events = collector.events("").await;
    let mut users: Vec<_> = events.iter().map(|event| event["wm"]["euId"].as_str().unwrap().to_owned()).collect();
    users.sort();
    users
}

async fn all_about_somebody_is_handed_out(home: Home) {
    let collector = open(&home).await;
    let all = [anonymous(1, ANONYMOUS, "demo"), known(2, KNOWN, ANONYMOUS, "demo"), anonymous(3, OTHER, "demo")];
    post(&collector, &all).await;
    let export = collector.get(&path(KNOWN)).await;
    assert_eq!((export.header("content-type"), export.header("cache-control")), ("application/x-ndjson", "no-store"));
    let events: Vec<Value> = export.text().lines().map(value).collect();
    let mut who: Vec<_> = events.iter().map(|event| event["wm"]["euId"].as_str().unwrap()).collect();
    who.sort_unstable();
    assert_eq!(who, [ANONYMOUS, ANONYMOUS, KNOWN, KNOWN]);
    // Under the anonymous ID: its own events, and the one that names it.
    assert_eq!(collector.get(&path(ANONYMOUS)).await.text().lines().count(), 3);
    collector.stop().await;
}

async fn all_about_somebody_is_erased(home: Home) {
    let collector = open(&home).await;
    let all = [anonymous(1, ANONYMOUS, "demo"), known(2, KNOWN, ANONYMOUS, "demo"), anonymous(3, OTHER, "demo")];
    post(&collector, &all).await;
    assert_eq!(erase(&collector, &path(KNOWN)).await, json!({"erased": 4, "gone": true}));
    assert_eq!(users(&collector).await, [OTHER, OTHER]);
    assert_eq!(collector.get(&path(KNOWN)).await.text(), "");
    assert_eq!(erase(&collector, &path(KNOWN)).await, json!({"erased": 0, "gone": true}));
    collector.stop().await;
}

async fn an_anonymous_id_is_erased_with_the_events_that_name_it(home: Home) {
    let collector = open(&home).await;
    post(&collector, &[anonymous(1, ANONYMOUS, "demo"), known(2, KNOWN, ANONYMOUS, "demo")]).await;
    assert_eq!(erase(&collector, &path(ANONYMOUS)).await, json!({"erased": 3, "gone": true}));
    assert_eq!(users(&collector).await, [KNOWN]);
    collector.stop().await;
}

async fn what_others_did_on_a_shared_browser_stays(home: Home) {
    let collector = open(&home).await;
    let all = [
        anonymous(1, ANONYMOUS, "demo"),
        known(2, KNOWN, ANONYMOUS, "demo"),
        known(3, "eve@example.com", ANONYMOUS, "demo"),
    ];
    post(&collector, &all).await;
    assert_eq!(erase(&collector, &path(KNOWN)).await, json!({"erased": 2, "gone": true}));
    assert_eq!(users(&collector).await, [ANONYMOUS, ANONYMOUS, "eve@example.com", "eve@example.com"]);
    collector.stop().await;
}

async fn at_one_site_only_where_one_is_named(home: Home) {
    let collector = open(&home).await;
    post(&collector, &[anonymous(1, ANONYMOUS, "demo"), anonymous(2, ANONYMOUS, "shop")]).await;
    let at_shop = format!("{}?site=shop", path(ANONYMOUS));
    assert_eq!(collector.get(&at_shop).await.text().lines().count(), 2);
    assert_eq!(erase(&collector, &at_shop).await["erased"], 2);
    assert_eq!(collector.get(&at_shop).await.text(), "");
    assert_eq!(collector.get(&path(ANONYMOUS)).await.text().lines().count(), 2);
    collector.stop().await;
}

async fn nobody_is_no_error(home: Home) {
    let collector = home.start().await;
    let nobody = path("' OR 1=1 --/\"\u{0}é");
    assert_eq!(collector.get(&nobody).await.text(), "");
    assert_eq!(erase(&collector, &nobody).await["erased"], 0);
    assert_eq!(collector.get(&format!("{}?sites=x", path("a"))).await.status, 400);
    collector.stop().await;
}

#[tokio::test]
async fn only_the_token_opens_it() {
    let collector = Home::in_memory().start().await;
    for method in ["GET", "DELETE"] {
        let answer = collector.ask(collector.request(method, &path("a"), &[], Bytes::new())).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (401, ""));
    }
    collector.stop().await;
}

#[tokio::test]
async fn of_whom_was_erased_no_byte_is_left_and_a_note_says_only_how_much() {
    let home = Home::in_sqlite();
    let collector = open(&home).await;
    let holds = |text: &str| {
        let files = ["events.db", "events.db-wal", "events.db-shm"];
        let files = files.map(|name| std::fs::read(home.file(name)).unwrap_or_default());
        files.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    // Enough for pages to be split and merged, in an order that mixes both users.
    for tab in 0..60 {
        let mut batch = value(&known(tab, KNOWN, ANONYMOUS, "demo"));
        let event = |n: u32| json!({"time": 1_700_000_000_000_i64 + i64::from(n * 7_919 % 1_000), "type": "play", "data": {"n": n}});
        batch["events"].as_array_mut().unwrap().extend((0..50).map(event));
        assert_eq!(collector.post(batch.to_string()).await.status, 200);
        let other = anonymous(1_000 + tab, &format!("{OTHER}-{tab}"), "demo");
        post(&collector, &[anonymous(2_000 + tab, ANONYMOUS, "demo"), other]).await;
    }
    assert!(holds(KNOWN) && holds(ANONYMOUS) && holds(OTHER));
    assert_eq!(erase(&collector, &path(KNOWN)).await, json!({"erased": 60 * 54, "gone": true}));
    assert!(!holds(KNOWN) && !holds(ANONYMOUS) && holds(OTHER));
    let notes: Vec<(String, String, i64)> = {
        let file = Connection::open(home.store()).unwrap();
        let mut notes = file.prepare("SELECT site, asked, events FROM erasures").unwrap();
        notes.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(notes, [("demo".to_owned(), "api".to_owned(), 60 * 54)]);
    collector.stop().await;
    assert!(!holds(KNOWN) && !holds(ANONYMOUS));
}

#[tokio::test]
async fn an_id_that_stands_in_what_others_sent_is_told_to_be_there() {
    let home = Home::in_sqlite();
    let collector = open(&home).await;
    let said = of(2, OTHER, "Cache", "demo", ("play", json!({"to": KNOWN})));
    post(&collector, &[known(1, KNOWN, ANONYMOUS, "demo"), said]).await;
    assert_eq!(erase(&collector, &path(KNOWN)).await, json!({"erased": 2, "gone": false}));
    collector.stop().await;
}

#[tokio::test]
async fn a_short_id_is_erased_without_taking_others_for_it() {
    let home = Home::in_sqlite();
    let collector = open(&home).await;
    post(&collector, &[known(1, "1", ANONYMOUS, "demo"), known(2, "11", OTHER, "demo")]).await;
    assert_eq!(erase(&collector, &path("1")).await, json!({"erased": 2, "gone": true}));
    assert_eq!(users(&collector).await, ["11", "11"]);
    collector.stop().await;
}

async fn a_summary_counts_what_the_erasure_erases(home: Home) {
    let collector = open(&home).await;
    post(&collector, &[anonymous(1, ANONYMOUS, "demo"), known(2, KNOWN, ANONYMOUS, "demo")]).await;
    post(&collector, &[known(3, KNOWN, OTHER, "shop"), anonymous(4, "00000000-0000-4000-8000-000000000009", "demo")])
        .await;
    let summary = async |query: &str| {
        let answer = collector.get(&format!("{}/summary{query}", path(KNOWN))).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
        answer.json()
    };
    let all = summary("").await;
    assert_eq!(
        (&all["types"], &all["sites"]),
        (&json!({"identify": 2, "pageView": 3, "play": 1}), &json!({"demo": 4, "shop": 2}))
    );
    assert_eq!((&all["events"], &all["states"], &all["kinds"]), (&json!(6), &json!(0), &json!({})));
    assert_eq!((&all["first"], &all["last"]), (&json!(1_700_000_000_000_i64), &json!(1_700_000_001_000_i64)));
    assert_eq!(summary("?site=demo").await["events"], 4);
    let stranger = collector.get_with(&format!("{}/summary", path(KNOWN)), &[]).await;
    assert_eq!(stranger.status, 401);
    assert_eq!(collector.get(&format!("{}/summary?site=shpo", path(KNOWN))).await.status, 400);
    assert_eq!(erase(&collector, &path(KNOWN)).await["erased"], 6);
    let none = summary("").await;
    assert_eq!((&none["events"], &none["first"]), (&json!(0), &Value::Null));
    collector.stop().await;
}
