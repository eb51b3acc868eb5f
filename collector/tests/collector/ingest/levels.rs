//! What is above a site's level is not stored. It is counted, told once, and costs nothing else.

use crate::harness::running::*;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex};

over_both_stores! {
    an_event_above_the_level_is_rejected_and_the_others_are_stored
    the_same_event_is_stored_where_the_level_allows_it
    of_a_click_only_what_the_table_names_is_stored
    a_field_that_nobody_knows_is_not_stored
    a_title_is_not_stored_where_the_site_says_so
    a_site_that_does_not_tell_users_apart_stores_none
    a_site_at_level_0_stores_nothing
    a_site_that_is_not_enabled_stores_nothing
    query_and_hash_are_stored_only_where_the_site_says_so
}

/// A collector whose site `demo` has these settings.
async fn start(home: &Home, settings: &str) -> Running {
    let mut config = home.config();
    config.sites[0].settings = waymark_collector::read_settings(settings).unwrap();
    Running::start(config).await
}

/// The stored events without what the collector adds.
async fn stored(collector: &Running) -> Vec<Value> {
    let mut events = collector.events("").await;
    events.iter_mut().for_each(|event| drop(event.as_object_mut().unwrap().remove("server")));
    events
}

/// The events of [`BATCH`], each without the members at these pointers.
fn without(pointers: &[&str]) -> Vec<Value> {
    let Value::Array(mut events) = value(EVENTS) else { panic!("they are a list") };
    for event in &mut events {
        for pointer in pointers {
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member).unwrap();
        }
    }
    events
}

fn with_a_click() -> String {
    let mut batch = value(BATCH);
    let click = json!({"time": 1_553_433_892_150_i64, "type": "elementClick", "in": 1, "data": {}});
    batch["events"].as_array_mut().unwrap().insert(1, click);
    batch.to_string()
}

async fn an_event_above_the_level_is_rejected_and_the_others_are_stored(home: Home) {
    let collector = start(&home, "level = 1").await;
    let why =
        json!([{"index": 1, "seq": 13, "why": "the site collects no elementClick (level 1)", "code": "not-collected"}]);
    let answer = collector.post(with_a_click()).await;
    assert_eq!(answer.outcome(), json!({"stored": 2, "duplicate": 0, "rejected": why, "stripped": 1}));
    let kinds: Vec<_> = stored(&collector).await.iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["play", "pageView"]);
    collector.stop().await;
}

async fn the_same_event_is_stored_where_the_level_allows_it(home: Home) {
    let collector = start(&home, "level = 2").await;
    assert_eq!(collector.post(with_a_click()).await.outcome(), reply(3, 0));
    collector.stop().await;
}

async fn of_a_click_only_what_the_table_names_is_stored(home: Home) {
    let data = json!({"el": {"tag": "button", "test": "a=b", "value": "secret"}, "text": "Pay", "value": "secret"});
    let mut batch = value(BATCH);
    let click = json!({"time": 1_553_433_892_150_i64, "type": "elementClick", "in": 1, "data": data});
    batch["events"].as_array_mut().unwrap().insert(1, click);
    for (settings, stripped, expected) in [
        ("level = 2", 2, json!({"el": {"tag": "button", "test": "a=b"}, "text": "Pay"})),
        ("level = 2\nexperience.text = false", 4, json!({"el": {"tag": "button"}})),
    ] {
        let collector = start(&home, settings).await;
        assert_eq!(collector.post(batch.to_string()).await.json()["stripped"], stripped, "{settings}");
        assert_eq!(
            stored(&collector).await.iter().rev().find(|event| event["type"] == "elementClick").unwrap()["data"],
            expected
        );
        batch["seq"] = json!(100);
        collector.stop().await;
    }
    let collector = start(&home, "level = 2\nexperience.clicks = false").await;
    batch["seq"] = json!(200);
    assert_eq!(collector.post(batch.to_string()).await.json()["rejected"][0]["code"], "not-collected");
    collector.stop().await;
}

async fn a_field_that_nobody_knows_is_not_stored(home: Home) {
    let collector = start(&home, "level = 3").await;
    let mut batch = value(BATCH);
    batch["contexts"][0]["env"]["battery"] = json!(0.5);
    batch["contexts"][1]["ctx"]["location"]["port"] = json!("8080");
    batch["contexts"][1]["cookies"] = json!({"a": 1, "b": 2});
    let answer = collector.post(batch.to_string()).await;
    assert_eq!(answer.outcome(), json!({"stored": 2, "duplicate": 0, "rejected": [], "stripped": 4}));
    assert_eq!(stored(&collector).await, without(&[]));
    collector.stop().await;
}

async fn a_title_is_not_stored_where_the_site_says_so(home: Home) {
    let collector = start(&home, "collect.title = false").await;
    let answer = collector.post(BATCH).await;
    assert_eq!(answer.outcome(), json!({"stored": 2, "duplicate": 0, "rejected": [], "stripped": 2}));
    assert_eq!(stored(&collector).await, without(&["/ctx/title"]));
    collector.stop().await;
}

async fn a_site_that_does_not_tell_users_apart_stores_none(home: Home) {
    let collector = start(&home, "user = \"none\"").await;
    let answer = collector.post(BATCH).await;
    assert_eq!(answer.outcome(), json!({"stored": 2, "duplicate": 0, "rejected": [], "stripped": 2}));
    assert_eq!(stored(&collector).await, without(&["/wm/euId", "/wm/euIdSource"]));
    collector.stop().await;
}

async fn a_site_at_level_0_stores_nothing(home: Home) {
    let collector = start(&home, "level = 0").await;
    let answer = collector.post(BATCH).await;
    let why = "the site collects nothing (level 0)";
    let rejected =
        [(0, 12), (1, 13)].map(|(index, seq)| json!({"index": index, "seq": seq, "why": why, "code": "not-collected"}));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.outcome(), json!({"stored": 0, "duplicate": 0, "rejected": rejected, "stripped": 2}));
    assert!(stored(&collector).await.is_empty());
    collector.stop().await;
}

async fn a_site_that_is_not_enabled_stores_nothing(home: Home) {
    let mut config = home.config();
    config.sites[0].enabled = false;
    let collector = Running::start(config).await;
    assert_eq!(collector.post(BATCH).await.json()["rejected"][1]["why"], "the site collects nothing (level 0)");
    assert!(stored(&collector).await.is_empty());
    collector.stop().await;
}

async fn query_and_hash_are_stored_only_where_the_site_says_so(home: Home) {
    let mut batch = value(BATCH);
    batch["contexts"][0]["ctx"]["location"]["search"] = json!("?size=xl");
    batch["contexts"][0]["ctx"]["location"]["hash"] = json!("#top");
    let collector = start(&home, "level = 3").await;
    assert_eq!(collector.post(batch.to_string()).await.json()["stripped"], 2);
    assert_eq!(stored(&collector).await, without(&[]));
    collector.stop().await;

    batch["seq"] = json!(14);
    let collector = start(&home, "collect.query = [\"size\"]\ncollect.hash = true").await;
    assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(2, 0));
    let location = &collector.events("?last=2").await[0]["ctx"]["location"];
    assert_eq!((&location["search"], &location["hash"]), (&json!("?size=xl"), &json!("#top")));
    collector.stop().await;
}

/// What is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_operator_is_told_once_and_how_much_it_was_at_the_end() {
    let log = Log::default();
    let writer = log.clone();
    // This thread's only: the test's runtime has no other.
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let logging = tracing::subscriber::set_default(subscriber);
    let collector = start(&Home::in_memory(), "collect.title = false").await;
    collector.post(BATCH).await;
    collector.post(BATCH).await;
    collector.stop().await;
    drop(logging);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let told = "the recorder's settings for site `demo` collect more than the site's level here allows";
    assert_eq!(text.matches(told).count(), 1, "{text}");
    assert!(text.contains("4 fields and events of site `demo` were left out in all"), "{text}");
}
