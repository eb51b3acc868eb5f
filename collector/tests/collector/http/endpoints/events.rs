//! `POST /v1/events`: what is taken, what is answered, what is stored then.

use crate::harness::running::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

over_both_stores! {
    a_batch_is_stored_as_its_canonical_events
    a_batch_that_came_before_is_all_duplicates
    a_batch_may_be_new_in_part
    a_bad_event_is_named_and_the_good_ones_are_stored
    a_batch_of_bad_events_only_is_answered_like_any_other
    a_batch_may_be_gzip_whatever_the_headers_say
    a_batch_of_another_version_is_refused
    the_answer_names_the_request
    a_batch_may_hold_no_events
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn for_site(site: &str) -> String {
    let mut batch = value(BATCH);
    batch["site"] = json!(site);
    batch.to_string()
}

async fn a_batch_is_stored_as_its_canonical_events(home: Home) {
    let collector = home.start().await;
    let answer = collector.post(BATCH).await;
    assert_eq!((answer.status.as_u16(), answer.outcome()), (200, reply(2, 0)));
    assert_eq!(answer.header("cache-control"), "no-store");

    let mut stored = collector.events("").await;
    for (event, seq) in stored.iter_mut().zip([12, 13]) {
        let mut server = event.as_object_mut().unwrap().remove("server").unwrap();
        let mut take = |name: &str| server.as_object_mut().unwrap().remove(name).unwrap().as_i64().unwrap();
        let (received, corrected) = (take("received"), take("corrected"));
        assert!(received > 1_700_000_000_000);
        assert_eq!(received - corrected, 1_553_433_895_150 - event["time"].as_i64().unwrap());
        let expected = json!({
            "site": "demo", "tab": "9ef11e58-809f-4d93-855d-22f12c3fd401", "seq": seq, "sent": 1_553_433_895_150_i64,
            "ip": "127.0.0.0",
        });
        assert_eq!(server, expected);
    }
    assert_eq!(Value::Array(stored), value(EVENTS));
    collector.stop().await;
}

async fn a_batch_that_came_before_is_all_duplicates(home: Home) {
    let collector = home.start().await;
    assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
    assert_eq!(collector.post(BATCH).await.outcome(), reply(0, 2));
    assert_eq!(collector.events("").await.len(), 2);
    collector.stop().await;
}

async fn a_batch_may_be_new_in_part(home: Home) {
    let collector = home.start().await;
    collector.post(views(1, 1_700_000_000_000, 2).to_string()).await;
    let longer = views(1, 1_700_000_000_000, 5).to_string();
    assert_eq!(collector.post(longer).await.outcome(), reply(3, 2));
    collector.stop().await;
}

async fn a_bad_event_is_named_and_the_good_ones_are_stored(home: Home) {
    let collector = home.start().await;
    let mut batch = value(BATCH);
    batch["events"][0]["type"] = json!("not\na type");
    let answer = collector.post(batch.to_string()).await;
    let rejected = json!([{"index": 0, "seq": 12, "why": "type must be 1 to 128 characters, none of them a control character", "code": "invalid-type"}]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.outcome(), json!({"stored": 1, "duplicate": 0, "rejected": rejected}));
    assert_eq!(collector.events("").await[0]["type"], "pageView");
    collector.stop().await;
}

async fn a_batch_of_bad_events_only_is_answered_like_any_other(home: Home) {
    let collector = home.start().await;
    let mut batch = value(BATCH);
    batch["events"] = json!([{"time": "now"}]);
    let answer = collector.post(batch.to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["stored"]), (200, &json!(0)));
    assert_eq!(answer.json()["rejected"].as_array().unwrap().len(), 1);
    collector.stop().await;
}

async fn a_batch_may_be_gzip_whatever_the_headers_say(home: Home) {
    let collector = home.start().await;
    let packed = gzip(BATCH.as_bytes());
    assert_eq!(collector.post(packed.clone()).await.outcome(), reply(2, 0));
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    assert_eq!(collector.post_with(&headers, packed).await.outcome(), reply(0, 2));
    assert_eq!(collector.post_with(&headers, BATCH).await.outcome(), reply(0, 2));
    collector.stop().await;
}

async fn a_batch_of_another_version_is_refused(home: Home) {
    let collector = home.start().await;
    let mut batch = value(BATCH);
    batch["v"] = json!(2);
    let answer = collector.post(batch.to_string()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("v is 2, and this collector reads 1"), "{}", answer.text());
    collector.stop().await;
}

async fn the_answer_names_the_request(home: Home) {
    let collector = home.start().await;
    let mut batch = value(BATCH);
    for request in ["c56a4180-65aa-42ec-a945-5fd21dec0538", "0b9d2f1e-7c43-4d3a-9f0e-2a6b1c5d8e7f"] {
        batch["request"] = json!(request);
        assert_eq!(collector.post(batch.to_string()).await.json()["request"], request);
    }
    collector.stop().await;
}

async fn a_batch_may_hold_no_events(home: Home) {
    let collector = home.start().await;
    let answer = collector.post(views(1, 1_700_000_000_000, 0).to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.outcome()), (200, reply(0, 0)));
    assert!(collector.events("").await.is_empty());
    collector.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_400_and_says_why() {
    let collector = Home::in_memory().start().await;
    let mut broken = gzip(BATCH.as_bytes());
    broken.truncate(100);
    for (body, code, why) in [
        (Bytes::from("{"), "invalid-batch", "not a batch: EOF while parsing an object at line 1 column 1"),
        (Bytes::from("{}"), "invalid-batch", "not a batch: missing field `v` at line 1 column 2"),
        (
            Bytes::from(BATCH.replace("\"v\":1", "\"v\":9")),
            "invalid-batch",
            "not a batch: v is 9, and this collector reads 1",
        ),
        (Bytes::from(broken), "invalid-gzip", "not gzip: incomplete deflate stream"),
    ] {
        let answer = collector.post(body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, json!({"error": why, "code": code})));
    }
}

#[tokio::test]
async fn an_unknown_site_is_401() {
    let collector = Home::in_memory().start().await;
    let answer = collector.post(for_site("nobody")).await;
    let why = "no site has the key `nobody`; the keys are in the collector's configuration";
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, why));
}

#[tokio::test]
async fn an_origin_that_is_not_the_site_s_is_403() {
    let collector = Home::in_memory().start().await;
    for (origin, status) in [
        ("https://shop.example", 200),
        ("https://shop.example.evil.example", 403),
        ("http://shop.example", 403),
        ("null", 403),
    ] {
        let answer = collector.post_with(&[("origin", origin)], for_site("shop")).await;
        assert_eq!(answer.status, status, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), origin);
    }
    let answer = collector.post(for_site("shop")).await;
    let why = "a sender without an origin may not send for the site `shop`; \
               its origins are in the collector's configuration";
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, why));
}

#[tokio::test]
async fn too_large_a_body_is_413_with_the_limit() {
    let mut config = Home::in_memory().config();
    config.limits.body_bytes = BATCH.len();
    let collector = Running::start(config).await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    for body in [format!("{BATCH} "), format!("{BATCH}{}", " ".repeat(100_000))] {
        let answer = collector.post(body).await;
        let why = format!("the body is over {} bytes; send fewer events at a time", BATCH.len());
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (413, json!({"error": why, "code": "batch-too-large", "limit": BATCH.len()}))
        );
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_413_and_costs_no_more_than_the_limit() {
    let collector = Home::in_memory().start().await;
    // 500 MiB in 500 kB: gzip may come in members.
    let bomb = gzip(&vec![b' '; 1 << 20]).repeat(500);
    assert!(bomb.len() < 1 << 20);
    let answer = collector.post(bomb).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["limit"]), (413, &json!(1 << 20)));
}

#[tokio::test]
async fn a_small_batch_that_would_be_stored_large_is_refused() {
    let mut batch = views(1, 1_700_000_000_000, 1_000);
    batch["contexts"][0]["ctx"]["title"] = json!("x".repeat(15_000));
    let mut config = Home::in_memory().config();
    config.limits.batch_bytes = 1 << 20;
    let collector = Running::start(config).await;
    let answer = collector.post(batch.to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["limit"]), (413, &json!(1 << 20)));

    // Many contexts, each of which is held with all of a large first one.
    let mut batch = views(1, 1_700_000_000_000, 1);
    batch["contexts"][0]["wm"]["euId"] = json!("x".repeat(500_000));
    batch["contexts"].as_array_mut().unwrap().resize(100_000, json!({}));
    let answer = collector.post(batch.to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["limit"]), (413, &json!(1 << 20)));
}

#[tokio::test]
async fn too_many_events_are_413_with_the_limit() {
    let collector = Home::in_memory().start().await;
    assert_eq!(collector.post(views(1, 1, 1_000).to_string()).await.outcome(), reply(1_000, 0));
    let answer = collector.post(views(1, 1, 1_001).to_string()).await;
    let why = "events has over 1000 entries; send fewer events at a time";
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (413, json!({"error": why, "code": "too-many-events", "limit": 1_000}))
    );
}

#[tokio::test]
async fn a_batch_as_large_as_the_queue_gets_in() {
    let mut config = Home::in_memory().config();
    (config.limits.batch_bytes, config.limits.queue_bytes) = (3_000, 3_000);
    let collector = Running::start(config).await;
    assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
}

#[tokio::test]
async fn one_event_that_would_be_stored_large_is_rejected_alone() {
    let mut config = Home::in_memory().config();
    config.limits.event_bytes = 2_000;
    let mut batch = value(BATCH);
    batch["events"][0]["data"] = json!({"x": "x".repeat(2_000)});
    let collector = Running::start(config).await;
    let answer = collector.post(batch.to_string()).await;
    let rejected =
        json!([{"index": 0, "seq": 12, "why": "it is over 2000 bytes with what it shares", "code": "too-large"}]);
    assert_eq!(answer.outcome(), json!({"stored": 1, "duplicate": 0, "rejected": rejected}));
}

#[tokio::test]
async fn a_full_queue_is_503_until_there_is_room() {
    let home = Home::in_sqlite();
    let mut config = home.config();
    config.limits.batch_bytes = 4_000;
    config.limits.queue_bytes = 4_000;
    let collector = Running::start(config).await;
    collector.post(views(0, 1, 1).to_string()).await;

    let other = rusqlite::Connection::open(home.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (one, two) = (views(1, 1, 2).to_string(), views(2, 1, 2).to_string());
    let (mut one, mut two) = (Box::pin(collector.post(one)), Box::pin(collector.post(two)));
    let (busy, waiting) = tokio::select! {
        busy = &mut one => (busy, two),
        busy = &mut two => (busy, one),
    };
    assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (503, "2"));
    assert_eq!(busy.error(), "too much is waiting to be stored; come back later");
    assert_eq!(busy.header("access-control-expose-headers"), "Retry-After");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(waiting.await.outcome(), reply(2, 0));
    assert_eq!(collector.post(views(3, 1, 2).to_string()).await.outcome(), reply(2, 0));
}

#[tokio::test]
async fn a_store_that_fails_is_503_and_nothing_is_acknowledged() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    collector.post(BATCH).await;
    rusqlite::Connection::open(home.store()).unwrap().execute_batch("DROP TABLE events").unwrap();
    let answer = collector.post(BATCH).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"));
    assert_eq!(answer.error(), "the store failed; come back later");
    assert_eq!(collector.get("/v1/events").await.status, 503);
    assert_eq!(collector.get("/readyz").await.status, 503);
    assert_eq!(collector.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn many_senders_at_once_lose_nothing() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    let sending = (0..50).map(|tab| collector.post(views(tab, 1_700_000_000_000, 20).to_string()));
    for answer in futures_util::future::join_all(sending).await {
        assert_eq!(answer.outcome(), reply(20, 0));
    }
    assert_eq!(collector.events("").await.len(), 1_000);
    collector.stop().await;
}
