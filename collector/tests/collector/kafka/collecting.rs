//! What a collector acknowledges, all in-sync replicas have. What they do not take, it answers 503.

use super::marked::{Cluster, cluster, with_kafka};
use crate::harness::running::*;
use crate::sinks::kafka::reading::Reader;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;
use waymark_collector::kafka::KafkaLog;
use waymark_collector::store::Memory;
use waymark_collector::{Collector, Config, Limits};

async fn start(servers: &str, properties: &[(&str, &str)]) -> Running {
    start_with(with_kafka(Home::in_memory().config(), servers, properties)).await
}

async fn start_with(config: Config) -> Running {
    let log = KafkaLog::open(config.kafka.as_ref().unwrap()).unwrap();
    Running::serve(Collector::with_log(config, Arc::new(log), Arc::new(Memory::default())).unwrap()).await
}

fn refuse(cluster: &Cluster, errors: &[RDKafkaRespErr]) {
    cluster.request_errors(RDKafkaApiKey::Produce, errors);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_a_message_an_event_and_then_a_report() {
    let (_cluster, servers) = cluster().await;
    let collector = start(&servers, &[]).await;
    let answer = collector.post(BATCH).await;
    assert_eq!((answer.status.as_u16(), answer.outcome(), &answer.json()["upto"]), (200, reply(2, 0), &json!(0)));
    let tab = value(BATCH)["tab"].as_str().unwrap().to_owned();
    let events = Reader::open(&servers, "waymark.events").take(2);
    assert!(events.iter().all(|message| message.key == tab && message.partition == events[0].partition));
    let stored: Vec<_> = events.iter().map(|message| value(&message.payload)).collect();
    assert_eq!((&stored[0]["type"], &stored[1]["type"]), (&json!("play"), &json!("pageView")));
    assert_eq!(stored[0]["server"]["ip"], "127.0.0.0");
    let reports = Reader::open(&servers, "waymark.deliveries").take(1);
    assert_eq!(reports[0].key, tab);
    let report = json!({
        "site": "demo", "tab": tab, "seq": 12, "events": 2, "accepted": 2, "last": 13, "lost": {"overflow": 2},
        "received": stored[0]["server"]["received"],
    });
    assert_eq!(value(&reports[0].payload), report);
    assert_eq!(collector.get_with("/readyz", &[]).await.status, 200);
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_brokers_refuse_is_not_acknowledged_and_comes_again() {
    use RDKafkaRespErr as Error;
    let (cluster, servers) = cluster().await;
    let collector = start(&servers, &[("message.timeout.ms", "1500"), ("retry.backoff.ms", "50")]).await;
    for errors in [
        vec![Error::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED],
        // librdkafka itself tries these again until the time is over.
        vec![Error::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 1_000],
        // The idempotent producer ends for good.
        vec![Error::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER; 2],
    ] {
        refuse(&cluster, &errors);
        let answer = collector.post(BATCH).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"), "{errors:?}");
        cluster.clear_request_errors(RDKafkaApiKey::Produce);
        in_time(async { while collector.post(BATCH).await.status != 200 {} }).await;
    }
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_refused_is_no_acknowledgement_either() {
    let (cluster, servers) = cluster().await;
    let collector = start(&servers, &[("message.timeout.ms", "1500")]).await;
    cluster.topic_error("waymark.deliveries", RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED).unwrap();
    assert_eq!(collector.post(BATCH).await.status, 503);
    assert_eq!(Reader::open(&servers, "waymark.events").take(2).len(), 2);
    collector.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_no_broker_answers_requests_are_told_in_time_and_the_queue_is_bounded() {
    let (cluster, servers) = cluster().await;
    let config = with_kafka(Home::in_memory().config(), &servers, &[("message.timeout.ms", "1500")]);
    // Room for one batch.
    let limits = Limits { batch_bytes: 4_000, queue_bytes: 4_000, ..Limits::default() };
    let collector = start_with(Config { limits, ..config }).await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    cluster.broker_down(-1).unwrap();
    let begun = Instant::now();
    let (first, second) = futures_util::future::join(collector.post(BATCH), collector.post(BATCH)).await;
    assert!(begun.elapsed() < DEADLINE / 2);
    let mut told = [&first, &second].map(|answer| (answer.status.as_u16(), answer.header("retry-after").to_owned()));
    told.sort_by_key(|(_, after)| after.len());
    assert_eq!(told, [(503, "2".to_owned()), (503, "10".to_owned())]);
    assert_eq!(collector.get_with("/readyz", &[]).await.status, 503);
    cluster.broker_up(-1).unwrap();
    in_time(async { while collector.post(BATCH).await.status != 200 {} }).await;
    collector.stop().await;
}
