//! What is wrong with the brokers is told at the start, by name and with what mends it.

use super::marked::{cluster, publish, with_kafka};
use crate::harness::running::*;
use crate::sinks::kafka::brokers::PROPERTIES;
use crate::sinks::kafka::kafka;
use rdkafka::mocking::MockCluster;
use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use waymark_collector::land::{Lander, MemoryLanding, run};
use waymark_collector::{Config, Kafka, Mechanism, Region, Sasl, SecretText};

/// What a lander says that cannot start.
async fn refused(config: Config) -> String {
    let (_end, ending) = watch::channel(false);
    let lander = Lander { rows: 100, wait: Duration::from_millis(100), listen: None };
    let landing = Arc::new(MemoryLanding::default());
    let ended = in_time(run(&config, lander, landing, Arc::default(), ending, |_| panic!("it starts"))).await;
    ended.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_topics_are_named_with_the_command_that_makes_them() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("waymark.events", 1, 1).unwrap();
    let servers = cluster.bootstrap_servers();
    let said = refused(with_kafka(Home::in_memory().config(), &servers, &[])).await;
    let missing = "waymark.erasures, waymark.deliveries, waymark.events.rejected, waymark.region";
    let expected = format!(
        "the brokers at {servers} have no topic {missing}; make what is missing: \
         waymark-collector check --apply --config FILE"
    );
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brokers_of_another_region_are_refused() {
    let (_cluster, servers) = cluster().await;
    let config = with_kafka(Home::in_memory().config(), &servers, &[]);
    publish(&servers, "waymark.region", "region", "us").await;
    let said = refused(Config { region: Some(Region::Eu), ..config.clone() }).await;
    let expected = format!(
        "the brokers at {servers} keep the data of `us`, and this collector is in `eu`: \
         name the brokers of `eu` in kafka.bootstrap_servers"
    );
    assert_eq!(said, expected);
    let said = refused(config).await;
    assert!(said.contains("keep the data of `us`, and this collector is in `none`"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brokers_whose_region_nobody_noted_are_refused() {
    let (cluster, servers) = cluster().await;
    cluster.create_topic("other.region", 1, 3).unwrap();
    for topic in ["events", "deliveries", "erasures", "events.rejected"] {
        cluster.create_topic(&format!("other.{topic}"), 1, 3).unwrap();
    }
    let kafka = Kafka { topic_prefix: "other".to_owned(), ..kafka(&servers, &[]) };
    let said = refused(Config { kafka: Some(kafka), region: Some(Region::Eu), ..Home::in_memory().config() }).await;
    assert!(said.starts_with("the topic other.region does not say which region the brokers belong to"), "{said}");
    assert!(said.ends_with("if they belong to `eu`: waymark-collector check --apply --config FILE"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brokers_that_do_not_answer_are_named() {
    let said = refused(with_kafka(Home::in_memory().config(), "127.0.0.1:1", &[])).await;
    assert_eq!(said, "no broker answers at kafka.bootstrap_servers, 127.0.0.1:1, within 10 s");
}

/// A broker that closes the connection of a client that sends a password, as brokers of 0.9 do.
fn hang_up(listener: &TcpListener) {
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { return };
        // The length, then the password.
        let _ = stream.read_exact(&mut [0; 5]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_name_the_table() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let servers = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || hang_up(&listener));
    let sasl = Sasl {
        mechanism: Mechanism::Plain,
        username: "waymark".to_owned(),
        password_file: None,
        password: Some(SecretText::from("hush".to_owned())),
    };
    let kafka = Kafka { sasl: Some(sasl), idempotence: false, ..kafka(&servers, &PROPERTIES) };
    let said = refused(Config { kafka: Some(kafka), ..Home::in_memory().config() }).await;
    assert!(said.starts_with(&format!("the brokers at {servers} refuse the collector: ")), "{said}");
    assert!(said.ends_with("; see [kafka.sasl] and [kafka.tls]") && !said.contains("hush"), "{said}");
}
