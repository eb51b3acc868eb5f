//! `GET /metrics`: what Prometheus is told, and what the dashboard in docs/ asks it for.

use crate::harness::dashboard::{charted, exposed};
use crate::harness::running::*;
use serde_json::json;
use std::collections::HashSet;
use waymark_collector::{Config, SecurityLog};

/// The value of a sample.
#[track_caller]
fn sample(text: &str, sample: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn what_happens_is_counted() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    let mut batch = value(BATCH);
    batch["events"].as_array_mut().unwrap().push(json!({"time": 1, "type": "elementClick", "data": {}}));
    batch["events"].as_array_mut().unwrap().push(json!({"time": 2, "type": "play", "data": 1}));
    let bytes = batch.to_string().len();
    collector.post(batch.to_string()).await;
    collector.post(batch.to_string()).await;
    collector.post("nonsense").await;
    collector.get_with("/v1/events", &[]).await;
    collector.get("/nothing").await;
    collector.get("/nothing/at/all").await;

    let answer = collector.get("/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text();
    for (line, value) in [
        (r#"waymark_requests_total{route="/v1/events",status="200"}"#, 2.0),
        (r#"waymark_requests_total{route="/v1/events",status="400"}"#, 1.0),
        (r#"waymark_requests_total{route="/v1/events",status="401"}"#, 1.0),
        (r#"waymark_requests_total{route="/{name}",status="404"}"#, 1.0),
        (r#"waymark_requests_total{route="",status="404"}"#, 1.0),
        ("waymark_request_bytes_total", (2 * bytes + "nonsense".len()) as f64),
        (r#"waymark_refusals_total{reason="invalid-batch"}"#, 1.0),
        (r#"waymark_refusals_total{reason="unauthorized"}"#, 1.0),
        (r#"waymark_events_total{outcome="stored",reason=""}"#, 2.0),
        (r#"waymark_events_total{outcome="duplicate",reason=""}"#, 2.0),
        (r#"waymark_events_total{outcome="rejected",reason="not-collected"}"#, 2.0),
        (r#"waymark_events_total{outcome="rejected",reason="invalid-data"}"#, 2.0),
        ("waymark_stripped_total", 2.0),
        (r#"waymark_commit_seconds_bucket{le="+Inf"}"#, 2.0),
        ("waymark_commit_seconds_count", 2.0),
        ("waymark_commit_failures_total", 0.0),
        ("waymark_queue_jobs", 0.0),
        ("waymark_queue_bytes", 0.0),
        ("waymark_queue_limit_bytes", (64 << 20) as f64),
        (r#"waymark_audit_created{site="demo"}"#, 16.0),
        (r#"waymark_audit_stored{site="demo"}"#, 2.0),
        (r#"waymark_audit_duplicate{site="demo"}"#, 2.0),
        (r#"waymark_audit_lost{site="demo",reason="overflow"}"#, 2.0),
        (r#"waymark_audit_missing{site="demo"}"#, 12.0),
        (r#"waymark_site_retention_days{site="shop"}"#, 0.0),
        (r#"waymark_build_info{version="0.1.0"}"#, 1.0),
    ] {
        assert_eq!(sample(text, line), value, "{line}");
    }
    assert!(sample(text, "waymark_commit_seconds_sum") > 0.0);
    assert!(sample(text, r#"waymark_store_bytes{file="database"}"#) > 0.0);
    assert!(sample(text, "waymark_disk_free_bytes") > 0.0);
    collector.stop().await;
}

#[tokio::test]
async fn only_the_token_opens_it() {
    let collector = Home::in_memory().start().await;
    assert_eq!(collector.get_with("/metrics", &[]).await.status, 401);
    assert_eq!(collector.get("/metrics").await.status, 200);
    collector.stop().await;
}

#[tokio::test]
async fn every_metric_that_the_dashboard_names_is_there() {
    let home = Home::in_sqlite();
    let geoip = home.file("city.mmdb");
    std::fs::write(&geoip, crate::harness::mmdb::database(&[("203.0.113.0/24", "SE", "Lund")])).unwrap();
    let security_log = SecurityLog { on: true, dir: home.file("security"), days: 1 };
    let collector = Running::start(Config { geoip: Some(geoip), security_log, ..home.config() }).await;
    collector.post(BATCH).await;
    let text = collector.get("/metrics").await;
    let there = exposed(text.text());
    // Those of Kafka are there where Kafka is.
    let is_kafka = |name: &String| ["waymark_sink_", "waymark_land_"].iter().any(|part| name.starts_with(part));
    let named: HashSet<_> = charted().into_iter().filter(|name| !is_kafka(name)).collect();
    assert!(named.len() > 15, "{named:?}");
    assert_eq!(named.difference(&there).collect::<Vec<_>>(), [""; 0]);
    collector.stop().await;
}
