//! What brokers and networks can do: each event arrives all the same, or is counted as rejected.

use super::reading::{Read, Reader};
use super::{event, sink};
use crate::harness::running::in_time;
use crate::sinks::append;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use waymark_collector::sinks::{ErasureForwarder, EventSink, Forwarder, KafkaSink, Progress, SinkError};
use waymark_collector::store::{EraseUsers, FollowCommits, FollowErasures, Memory, Position, StoredEvent};

type Cluster = MockCluster<'static, DefaultProducerContext>;

const TOPIC: &str = "waymark.events";

fn cluster(topic: &str) -> (Cluster, String) {
    let cluster = MockCluster::new(3).unwrap();
    cluster.create_topic(topic, 4, 3).unwrap();
    let servers = cluster.bootstrap_servers();
    (cluster, servers)
}

fn stored(events: Vec<StoredEvent>) -> Arc<Memory> {
    let store = Arc::new(Memory::default());
    append(&*store, events);
    store
}

fn some(numbers: std::ops::Range<u64>) -> Vec<StoredEvent> {
    numbers.map(|number| event(number, &format!("tab {}", number % 5), 10)).collect()
}

/// Steps until nothing is left. Says what each step did.
async fn forward(forwarder: &mut Forwarder<KafkaSink>) -> Vec<Progress> {
    let mut steps = Vec::new();
    in_time(async {
        while steps.last() != Some(&Progress::Idle) {
            steps.push(forwarder.step().await.unwrap());
        }
    })
    .await;
    steps
}

/// The payloads without repetitions.
fn distinct(read: &[Read]) -> BTreeSet<&str> {
    read.iter().map(|message| message.payload.as_str()).collect()
}

fn counts(forwarder: &Forwarder<KafkaSink>) -> [u64; 3] {
    let counts = forwarder.counts();
    [&counts.published, &counts.rejected, &counts.retried].map(|count| count.load(Ordering::Relaxed))
}

#[tokio::test]
async fn the_events_of_a_tab_are_in_one_partition_in_their_order() {
    let (_cluster, servers) = cluster(TOPIC);
    let events = some(0..1_200);
    let mut forwarder = Forwarder::new(stored(events.clone()), sink(&servers, &[]));
    let steps = forward(&mut forwarder).await;
    assert_eq!(steps, [Progress::Complete, Progress::Complete, Progress::Complete, Progress::Idle]);
    let read = Reader::open(&servers, TOPIC).take(1_200);
    for tab in 0..5 {
        let tab = format!("tab {tab}");
        let of_tab: Vec<_> = read.iter().filter(|message| message.key == tab).collect();
        let expected = events.iter().filter(|event| event.who.anonymous.as_ref() == Some(&tab));
        let payloads = of_tab.iter().map(|message| message.payload.as_str());
        assert!(payloads.eq(expected.map(|event| &*event.body)));
        assert!(of_tab.iter().all(|message| message.partition == of_tab[0].partition));
    }
    assert_eq!(counts(&forwarder), [1_200, 0, 0]);
}

#[tokio::test]
async fn what_brokers_refuse_for_a_while_arrives_later() {
    use RDKafkaRespErr as Error;
    for errors in [
        // librdkafka itself sends these again.
        vec![Error::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 3],
        vec![Error::RD_KAFKA_RESP_ERR__TRANSPORT; 2],
        vec![Error::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED],
        // The idempotent producer ends for good.
        vec![Error::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER],
        vec![Error::RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, Error::RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID],
    ] {
        let (cluster, servers) = cluster(TOPIC);
        let events = some(0..50);
        let mut forwarder = Forwarder::new(stored(events.clone()), sink(&servers, &[]));
        cluster.request_errors(RDKafkaApiKey::Produce, &errors);
        forward(&mut forwarder).await;
        let read = Reader::open(&servers, TOPIC).until(|read| distinct(read).len() == 50);
        assert_eq!(distinct(&read), events.iter().map(|event| &*event.body).collect(), "{errors:?}");
        assert_eq!(counts(&forwarder)[..2], [50, 0], "{errors:?}");
    }
}

#[tokio::test]
async fn an_outage_stalls_the_sink_and_loses_nothing() {
    let (cluster, servers) = cluster(TOPIC);
    let store = stored(some(0..20));
    let mut forwarder = Forwarder::new(store.clone(), sink(&servers, &[("message.timeout.ms", "500")]));
    cluster.broker_down(-1).unwrap();
    assert_eq!(in_time(forwarder.step()).await.unwrap(), Progress::Stalled);
    assert_eq!(store.cursor("kafka").unwrap(), Position::START);
    assert_eq!(counts(&forwarder), [0, 0, 20]);
    cluster.broker_up(-1).unwrap();
    append(&*store, some(20..40));
    forward(&mut forwarder).await;
    let read = Reader::open(&servers, TOPIC).until(|read| distinct(read).len() == 40);
    assert_eq!(distinct(&read), some(0..40).iter().map(|event| &*event.body).collect());
    assert_eq!(counts(&forwarder)[..2], [40, 0]);
}

#[tokio::test]
async fn an_event_that_no_message_can_hold_is_rejected_and_the_others_arrive() {
    let (_cluster, servers) = cluster(TOPIC);
    let events = vec![event(0, "tab", 10), event(1, "tab", 5_000), event(2, "tab", 10)];
    let mut forwarder = Forwarder::new(stored(events), sink(&servers, &[("message.max.bytes", "2000")]));
    assert_eq!(forward(&mut forwarder).await, [Progress::Complete, Progress::Idle]);
    assert_eq!(counts(&forwarder), [2, 1, 0]);
    let read = Reader::open(&servers, TOPIC).take(2);
    assert!(read[0].payload.starts_with("{\"number\":0") && read[1].payload.starts_with("{\"number\":2"));
}

#[tokio::test]
async fn a_request_that_is_too_large_is_sent_again_one_message_at_a_time() {
    let (cluster, servers) = cluster(TOPIC);
    let events: Vec<_> = (0..10).map(|number| event(number, "tab", 10)).collect();
    let mut forwarder = Forwarder::new(stored(events), sink(&servers, &[("linger.ms", "200")]));
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    forward(&mut forwarder).await;
    assert_eq!(counts(&forwarder)[..2], [10, 0]);
    assert_eq!(distinct(&Reader::open(&servers, TOPIC).take(10)).len(), 10);
}

#[tokio::test]
async fn what_cannot_be_sent_says_how_to_mend_it() {
    let (cluster, servers) = cluster(TOPIC);
    let sink = sink(&servers, &[("message.timeout.ms", "2000")]);
    let said = async |error: RDKafkaRespErr| {
        cluster.request_errors(RDKafkaApiKey::Produce, &[error]);
        let results = in_time(sink.publish(&some(0..1))).await;
        match results.into_iter().next() {
            Some(Err(SinkError::Retryable(reason))) => reason,
            other => panic!("{other:?}"),
        }
    };
    let reason = said(RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED).await;
    assert!(reason.ends_with("give the collector's user the right to write to waymark.events"), "{reason}");
    cluster.topic_error(TOPIC, RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).unwrap();
    let sink = super::sink(&servers, &[("message.timeout.ms", "2000"), ("topic.metadata.propagation.max.ms", "0")]);
    let results = in_time(sink.publish(&some(0..1))).await;
    let Some(Err(SinkError::Retryable(reason))) = results.first() else { panic!("{results:?}") };
    assert!(reason.contains("make the topic waymark.events"), "{reason}");
}

#[tokio::test]
async fn notices_of_erasures_wait_for_the_brokers() {
    let (cluster, servers) = cluster("waymark.erasures");
    let store = Arc::new(Memory::default());
    let sink = sink(&servers, &[("message.timeout.ms", "500")]);
    let mut forwarder = ErasureForwarder::new(store.clone(), sink, Arc::default()).unwrap();
    store.forget("demo", "eve", 7).unwrap();
    cluster.broker_down(-1).unwrap();
    assert_eq!(in_time(forwarder.step()).await.unwrap(), Progress::Stalled);
    assert_eq!(store.count_notices("kafka").unwrap(), 1);
    cluster.broker_up(-1).unwrap();
    in_time(async { while forwarder.step().await.unwrap() != Progress::Idle {} }).await;
    assert_eq!(store.count_notices("kafka").unwrap(), 0);
    let read = Reader::open(&servers, "waymark.erasures").take(1);
    assert!(read[0].key.starts_with("demo/anonymous/") && !read[0].payload.contains("eve"), "{read:?}");
}
