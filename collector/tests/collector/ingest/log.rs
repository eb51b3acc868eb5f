//! A collector without a store of its own: what it acknowledges is in the log, and what the log does not keep it does
//! not acknowledge.

use crate::harness::running::*;
use serde_json::json;
use std::sync::Arc;
use waymark_collector::store::{ErasureScope, Memory, MemoryLog, UserHash};
use waymark_collector::{Collector, Config};

async fn start(config: Config, log: &MemoryLog) -> Running {
    let store = Arc::new(Memory::default());
    Running::serve(Collector::with_log(config, Arc::new(log.clone()), store).unwrap()).await
}

#[tokio::test]
async fn what_is_acknowledged_is_in_the_log_and_nothing_is_known_of_earlier_batches() {
    let log = MemoryLog::default();
    let collector = start(Home::in_memory().config(), &log).await;
    for _ in 0..2 {
        let answer = collector.post(BATCH).await;
        assert_eq!((answer.status.as_u16(), answer.outcome()), (200, reply(2, 0)));
        assert_eq!(answer.json()["upto"], 0);
    }
    let batches = log.batches();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[0].records.iter().map(|record| record.id).collect::<Vec<_>>(), {
        batches[1].records.iter().map(|record| record.id).collect::<Vec<_>>()
    });
    let event = value(&batches[0].records[0].body);
    assert_eq!((&event["server"]["ip"], &event["server"]["seq"]), (&json!("127.0.0.0"), &json!(12)));
    let report = (batches[0].seq, batches[0].events, batches[0].last, batches[0].lost.total());
    assert_eq!(report, (12, 2, 13, 2));
    collector.stop().await;
}

#[tokio::test]
async fn limits_and_rejected_events_are_as_with_a_store() {
    let log = MemoryLog::default();
    let collector = start(Home::in_memory().config(), &log).await;
    let mut batch = value(BATCH);
    batch["events"][0]["type"] = json!("not\na type");
    let answer = collector.post(batch.to_string()).await.json();
    assert_eq!((&answer["stored"], &answer["rejected"][0]["seq"]), (&json!(1), &json!(12)));
    assert_eq!((log.batches()[0].records.len(), log.batches()[0].events), (1, 2));
    batch["site"] = json!("other");
    assert_eq!(collector.post(batch.to_string()).await.status, 401);
    assert_eq!(log.batches().len(), 1);
    collector.stop().await;
}

#[tokio::test]
async fn while_the_log_is_away_senders_are_told_to_come_back() {
    let log = MemoryLog::default();
    let collector = start(Home::in_memory().config(), &log).await;
    log.set_away(true);
    let answer = collector.post(BATCH).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"));
    assert_eq!(answer.json()["code"], "store-failed");
    assert_eq!(collector.forget("demo", "7302c5a9-9dbf-ef49-e898-8fce4d0add48").await.status, 503);
    assert_eq!(collector.get_with("/readyz", &[]).await.status, 503);
    assert_eq!(collector.get_with("/healthz", &[]).await.status, 200);
    log.set_away(false);
    assert_eq!(collector.post(BATCH).await.status, 200);
    assert_eq!(collector.get_with("/readyz", &[]).await.status, 200);
    let metrics = collector.get("/metrics").await;
    assert!(metrics.text().contains("\nwaymark_commit_failures_total 1\n"), "{}", metrics.text());
    assert!(metrics.text().contains("\nwaymark_queue_bytes 0\n"), "{}", metrics.text());
    collector.stop().await;
}

#[tokio::test]
async fn erasures_are_in_the_log_before_the_store_has_them() {
    const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";
    let log = MemoryLog::default();
    let collector = start(Home::in_memory().config(), &log).await;
    assert_eq!(collector.forget("demo", USER).await.json(), json!({"erased": 0}));
    let headers = [("authorization", &*format!("Bearer {TOKEN}"))];
    let answer = collector.ask(collector.request("DELETE", "/v1/users/adam", &headers, Bytes::new())).await;
    assert_eq!(answer.json(), json!({"erased": 0, "gone": true}));
    let told = log.erasures();
    let orders: Vec<_> = told.iter().map(|notice| (notice.site.as_deref(), notice.user, notice.scope)).collect();
    let expected =
        [(Some("demo"), UserHash::of(USER), ErasureScope::Anonymous), (None, UserHash::of("adam"), ErasureScope::All)];
    assert_eq!(orders, expected);
    collector.stop().await;
}
