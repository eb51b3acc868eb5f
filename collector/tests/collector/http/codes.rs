//! Each answer that is no success has a code beside its sentence, as docs/wire.md has it.

use crate::harness::running::*;
use serde_json::{Value, json};
use waymark_collector::Admin;

const PAGE: (&str, &str) = ("origin", "https://shop.example");

/// The status and the code of an answer, which is JSON with a sentence.
async fn refused(
    collector: &Running,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> (u16, String) {
    let answer = collector.ask(collector.request(method, path, headers, body.into())).await;
    assert_eq!(answer.header("content-type"), "application/json", "{method} {path}");
    assert!(!answer.error().is_empty());
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap().to_owned())
}

fn with_site(site: &str) -> String {
    let mut batch = value(BATCH);
    batch["site"] = json!(site);
    batch.to_string()
}

#[tokio::test]
async fn a_refused_write_has_a_code() {
    let mut config = Home::in_memory().config();
    config.limits.body_bytes = 10_000;
    let collector = Running::start(config).await;
    let state = |entries: usize| {
        let entry = json!({"kind": "task", "name": "7", "version": 1});
        json!({"site": "demo", "user": "adam", "signature": "", "entries": vec![entry; entries]}).to_string()
    };
    for (path, body, status, code) in [
        ("/v1/events", "{".to_owned(), 400, "invalid-batch"),
        ("/v1/events", "\u{1f}".to_owned(), 400, "invalid-batch"),
        ("/v1/events", with_site("nobody"), 401, "unknown-site"),
        ("/v1/events?site=nobody", BATCH.to_owned(), 401, "unknown-site"),
        ("/v1/events?site=shop", BATCH.to_owned(), 400, "site-mismatch"),
        ("/v1/events?site=shop&site=shop", BATCH.to_owned(), 400, "invalid-parameter"),
        ("/v1/events", " ".repeat(10_001), 413, "batch-too-large"),
        ("/v1/events", views(1, 1, 0).to_string().replace("\"events\":[]", &many_events()), 413, "too-many-events"),
        ("/v1/forget", "{".to_owned(), 400, "invalid-forget-request"),
        ("/v1/forget?site=demo&site=demo", String::new(), 400, "invalid-parameter"),
        ("/v1/forget", " ".repeat(4_097), 413, "body-too-large"),
        ("/v1/state", "{".to_owned(), 400, "invalid-state-request"),
        ("/v1/state?site=shop", state(1), 400, "site-mismatch"),
        ("/v1/state?site=demo&site=demo", state(1), 400, "invalid-parameter"),
        ("/v1/state", state(1), 401, "unsigned"),
        ("/v1/state", " ".repeat(262_145), 413, "body-too-large"),
    ] {
        let found = refused(&collector, "POST", path, &[PAGE], body).await;
        assert_eq!(found, (status, code.to_owned()), "{path}");
    }
    let gzip = [&[0x1f, 0x8b][..], b"no gzip"].concat();
    assert_eq!(refused(&collector, "POST", "/v1/events", &[], gzip).await, (400, "invalid-gzip".to_owned()));
    let elsewhere = [("origin", "https://evil.example")];
    for path in ["/v1/events", "/v1/events?site=shop"] {
        let found = refused(&collector, "POST", path, &elsewhere, with_site("shop")).await;
        assert_eq!(found, (403, "origin-not-allowed".to_owned()), "{path}");
    }
    collector.stop().await;
}

/// More events than a batch may have, in few bytes.
fn many_events() -> String {
    format!("\"events\":[{}]", vec!["0"; 1_001].join(","))
}

#[tokio::test]
async fn a_refused_read_has_a_code() {
    let collector = Home::in_memory().start().await;
    let bearer = format!("Bearer {TOKEN}");
    for (path, status, code) in [
        ("/v1/events?order=up", 400, "invalid-parameter"),
        ("/v1/events?last=1001", 400, "invalid-parameter"),
        ("/v1/events?site=shpo", 400, "unknown-site-parameter"),
        ("/v1/audit?from=today", 400, "invalid-parameter"),
        ("/v1/users/adam?sites=demo", 400, "invalid-parameter"),
        ("/v1/users/%ff", 400, "invalid-path"),
        ("/live?site=demo", 400, "invalid-parameter"),
        ("/v1/state", 400, "invalid-parameter"),
        ("/v1/state?site=demo&user=adam", 401, "unsigned"),
        ("/v1/sites/nobody/settings", 404, "no-settings"),
        ("/v1/sites/%ff/settings", 400, "invalid-path"),
        ("/%ff", 400, "invalid-path"),
        ("/inspector/%ff", 400, "invalid-path"),
        ("/inspector/nothing", 404, "not-found"),
        ("/nothing", 404, "not-found"),
        ("/v/0/waymark.js", 404, "not-found"),
        ("/nothing/at/all", 404, "not-found"),
        ("/v1/forget", 405, "method-not-allowed"),
    ] {
        let found = refused(&collector, "GET", path, &[("authorization", &bearer)], "").await;
        assert_eq!(found, (status, code.to_owned()), "{path}");
    }
    let foreign = [("origin", "https://evil.example")];
    let found = refused(&collector, "GET", "/v1/sites/shop/settings", &foreign, "").await;
    assert_eq!(found, (403, "no-settings".to_owned()));
    // Who may not see what is stored learns nothing about parameters.
    for path in ["/v1/events?order=up", "/v1/audit?from=today", "/v1/users/%ff?sites=demo", "/metrics", "/live?site=x"]
    {
        assert_eq!(refused(&collector, "GET", path, &[], "").await, (401, "unauthorized".to_owned()), "{path}");
    }
    let answer = collector.get("/v1/state?site=demo").await;
    assert_eq!(answer.error(), "`user` is missing");
    let answer = collector.get("/v1/state?site=demo&user=adam&kind=task").await;
    assert_eq!(answer.error(), "`kind` is no parameter; there are site and user");
    collector.stop().await;
}

#[tokio::test]
async fn a_closed_collector_and_limits_have_codes() {
    let mut config = Home::in_memory().config();
    config.admin = Admin::Closed;
    config.limits.site_rate = 1;
    config.limits.site_burst = Some(1);
    let collector = Running::start(config).await;
    assert_eq!(refused(&collector, "GET", "/metrics", &[], "").await, (403, "admin-disabled".to_owned()));
    assert_eq!(collector.post(BATCH).await.status, 200);
    assert_eq!(refused(&collector, "POST", "/v1/events", &[], BATCH).await, (429, "rate-limited".to_owned()));
    collector.stop().await;

    let mut config = Home::in_memory().config();
    config.limits.address_rate = 1;
    config.limits.address_burst = Some(1);
    let collector = Running::start(config).await;
    assert_eq!(collector.get("/v1/sites/demo/settings").await.status, 200);
    // The rate comes before everything else that may be wrong.
    for (method, path) in [("POST", "/v1/events?site=a&site=b"), ("GET", "/v1/state"), ("POST", "/v1/state")] {
        assert_eq!(refused(&collector, method, path, &[], "{").await, (429, "rate-limited".to_owned()), "{path}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_rejected_event_has_a_code() {
    let mut config = Home::in_memory().config();
    config.limits.event_bytes = 2_000;
    let collector = Running::start(config).await;
    let mut batch = value(BATCH);
    batch["contexts"][1] = json!({"ctx": 1});
    batch["events"] = json!([
        {"time": 1, "type": "play", "data": {}},
        {"time": "now", "type": "play", "data": {}},
        {"time": 1, "type": "a\nb", "data": {}},
        {"time": -1, "type": "play", "data": {}},
        {"time": 1, "type": "play", "data": []},
        {"time": 1, "type": "play", "in": 1, "data": {}},
        {"time": 1, "type": "play", "in": 9, "data": {}},
        {"time": 1, "type": "elementClick", "data": {}},
        {"time": 1, "type": "play", "data": {"x": "x".repeat(2_000)}},
    ]);
    let reply = collector.post(batch.to_string()).await.json();
    let codes = reply["rejected"].as_array().unwrap().iter().map(|rejected| rejected["code"].as_str().unwrap());
    let expected = [
        "invalid-event",
        "invalid-type",
        "invalid-time",
        "invalid-data",
        "invalid-context",
        "invalid-context",
        "not-collected",
        "too-large",
    ];
    assert_eq!(codes.collect::<Vec<_>>(), expected);
    assert_eq!((&reply["stored"], &reply["rejected"][0]["index"]), (&json!(1), &Value::from(1)));

    let text = collector.get("/metrics").await;
    for code in expected {
        let count = expected.iter().filter(|other| **other == code).count();
        let line = format!("waymark_events_total{{outcome=\"rejected\",reason=\"{code}\"}} {count}\n");
        assert!(text.text().contains(&line), "{line}");
    }
    collector.stop().await;
}
