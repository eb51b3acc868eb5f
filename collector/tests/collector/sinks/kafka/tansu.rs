//! Another implementation of today's protocol, as a process: tansu, which `cargo xtask test cluster` installs.

use super::brokers::{free_port, listens};
use super::reading::{Read, Reader};
use super::{event, sink};
use crate::harness::running::in_time;
use crate::sinks::append;
use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use waymark_collector::sinks::{Forwarder, Progress};
use waymark_collector::store::Sqlite;

/// What `waymark-collector check --apply` says with this configuration, and whether all went well.
fn apply(text: &str) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("waymark.toml"), text).unwrap();
    let mut check = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
    let done = check.args(["check", "--apply", "waymark.toml"]).current_dir(dir.path()).output().unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
#[ignore = "cargo xtask test cluster installs tansu"]
fn check_makes_the_topics_that_are_missing() {
    let tansu = Tansu::start("other.events", 1);
    let config = format!(
        "[kafka]\nbootstrap_servers = \"{}\"\ntopic_prefix = \"shop\"\npartitions = 5\nreplication_factor = 1\n",
        tansu.address
    );
    let (is_good, said) = apply(&config);
    assert!(is_good, "{said}");
    let made =
        ["shop.events (partitions=5, replication.factor=1, min.insync.replicas=1)", "shop.erasures (partitions=1, "];
    assert!(made.iter().all(|topic| said.contains(&format!("made the topic {topic}"))), "{said}");
    let (is_good, said) = apply(&config);
    assert!(is_good && said.contains("the topic shop.events is there\nthe topic shop.erasures is there"), "{said}");
    assert_eq!(Reader::open(&tansu.address, "shop.events").partitions(), 5);

    // A collector with a region notes it.
    let (is_good, said) = apply(&format!("region = \"eu\"\n{config}"));
    let noted = "made the topic shop.region (partitions=1, ";
    assert!(is_good && said.contains(noted) && said.contains("the brokers belong to the region `eu`"), "{said}");
    let (is_good, said) = apply(&format!("region = \"us\"\n{config}"));
    assert!(!is_good && said.contains("keep the data of `eu`, and this collector is in `us`"), "{said}");

    drop(tansu);
    let (is_good, said) = apply(&format!("{config}librdkafka.\"socket.timeout.ms\" = 1000\n"));
    assert!(!is_good && said.contains("the topic shop.events cannot be made: "), "{said}");
}

/// A broker that ends with the value.
pub struct Tansu {
    child: Child,
    pub address: String,
}

impl Tansu {
    /// Starts it without topics.
    pub fn empty() -> Self {
        let program = std::env::var("TANSU").expect("`cargo xtask test cluster` names tansu");
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let url = format!("tcp://{address}");
        let child = Command::new(&program)
            .args(["broker", "--listener-url", &url, "--advertised-listener-url", &url])
            .args(["--storage-engine", "memory://tansu/"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        listens(port);
        Tansu { child, address }
    }

    /// Starts it with a topic.
    fn start(topic: &str, partitions: u8) -> Self {
        let tansu = Tansu::empty();
        let url = format!("tcp://{}", tansu.address);
        let mut create = Command::new(std::env::var("TANSU").unwrap());
        create.args(["topic", "create", "--broker", &url, topic, "--partitions", &partitions.to_string()]);
        assert!(create.stdout(Stdio::null()).status().unwrap().success());
        tansu
    }
}

impl Drop for Tansu {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn distinct(read: &[Read]) -> BTreeSet<&str> {
    read.iter().map(|message| message.payload.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test cluster installs tansu"]
async fn an_idempotent_producer_forwards_all_events_in_the_order_of_each_tab() {
    const EVENTS: u64 = 20_000;
    let tansu = Tansu::start("waymark.events", 3);
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(&dir.path().join("events.db")).unwrap());
    let of_tab = |tab: u64| (0..EVENTS).filter(move |number| number % 40 == tab);
    for first in (0..EVENTS).step_by(1_000) {
        append(&*store, (first..first + 1_000).map(|n| event(n, &format!("tab {}", n % 40), 1_000)).collect());
    }
    let mut forwarder = Forwarder::new(store.clone(), sink(&tansu.address, &[]));
    let half = async {
        for _ in 0..20 {
            assert_eq!(forwarder.step().await.unwrap(), Progress::Complete);
        }
    };
    in_time(half).await;
    // The program ends, and another one goes on from the cursor.
    let mut forwarder = Forwarder::new(store, sink(&tansu.address, &[]));
    in_time(async { while forwarder.step().await.unwrap() != Progress::Idle {} }).await;

    // Its high watermark is wrong: messages are counted, not offsets.
    let read = Reader::open(&tansu.address, "waymark.events").until(|read| read.len() as u64 >= EVENTS);
    assert_eq!(distinct(&read).len() as u64, EVENTS, "each once");
    for tab in 0..40 {
        let key = format!("tab {tab}");
        let of_key = read.iter().filter(|message| message.key == key).map(|message| message.payload.as_str());
        let expected: Vec<_> = of_tab(tab).map(|number| event(number, &key, 1_000).body).collect();
        assert!(of_key.eq(expected.iter().map(|body| &**body)), "{key}");
    }
}
