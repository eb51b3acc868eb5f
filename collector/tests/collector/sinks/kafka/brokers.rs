//! Three brokers of Apache Kafka 0.9.0.1 and their ZooKeeper, as processes of their own, which `cargo xtask test
//! cluster` installs. They end with the value.

use crate::harness::running::DEADLINE;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, Producer};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How a client of today speaks with them.
pub const PROPERTIES: [(&str, &str); 2] = [("api.version.request", "false"), ("broker.version.fallback", "0.9.0.1")];

/// A Java program that ends with the value.
struct Java(Child);

impl Java {
    fn start(jars: &str, class: &str, heap: &str, arguments: &[&str], log: &Path) -> Self {
        let log = File::create(log).unwrap();
        let child = java(jars, class, heap, arguments).stdout(log.try_clone().unwrap()).stderr(log).spawn();
        Java(child.expect("a Java runtime is on the PATH"))
    }
}

impl Drop for Java {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn java(jars: &str, class: &str, heap: &str, arguments: &[&str]) -> Command {
    let mut java = Command::new("java");
    java.args([heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars, class]).args(arguments);
    java.stdin(Stdio::null());
    java
}

/// The cluster. Topics have three replicas, and a message is acknowledged by two of them at least.
pub struct Brokers {
    dir: TempDir,
    jars: String,
    ports: [u16; 3],
    running: [Option<Java>; 3],
    zookeeper: u16,
    /// More of their configuration.
    more: &'static str,
    _zookeeper: Java,
    _only: MutexGuard<'static, ()>,
}

/// One cluster at a time: each has four Java programs.
static ONLY: Mutex<()> = Mutex::new(());

impl Brokers {
    pub fn start() -> Self {
        Brokers::start_with("auto.create.topics.enable=false\n")
    }

    /// They make a topic that a producer asks for: its own tool takes seconds for each.
    pub fn start_making_topics() -> Self {
        Brokers::start_with("auto.create.topics.enable=true\nnum.partitions=3\n")
    }

    fn start_with(more: &'static str) -> Self {
        let only = ONLY.lock().unwrap_or_else(PoisonError::into_inner);
        let dir = TempDir::new().unwrap();
        let jars = class_path();
        let zookeeper = free_port();
        let config = format!(
            "clientPort={zookeeper}\nclientPortAddress=127.0.0.1\ndataDir={}\ntickTime=1000\n",
            dir.path().join("zookeeper").display()
        );
        let file = written(dir.path().join("zookeeper.properties"), &config);
        let class = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
        let process = Java::start(&jars, class, "-Xmx128M", &[&file], &dir.path().join("zookeeper.log"));
        listens(zookeeper);
        let ports = [free_port(), free_port(), free_port()];
        let running = [None, None, None];
        let mut brokers = Brokers { dir, jars, ports, running, zookeeper, more, _zookeeper: process, _only: only };
        (0..3).for_each(|broker| brokers.run(broker));
        brokers.ports.into_iter().for_each(listens);
        brokers
    }

    /// Starts a broker, for the first time or again.
    pub fn run(&mut self, broker: usize) {
        let dir = self.dir.path();
        let config = format!(
            "broker.id={broker}\nlisteners=PLAINTEXT://127.0.0.1:{port}\nadvertised.host.name=127.0.0.1\n\
             advertised.port={port}\nlog.dirs={logs}\nzookeeper.connect=127.0.0.1:{zookeeper}/kafka\n\
             zookeeper.session.timeout.ms=6000\ndefault.replication.factor=3\nmin.insync.replicas=2\n\
             unclean.leader.election.enable=false\n{more}",
            port = self.ports[broker],
            zookeeper = self.zookeeper,
            logs = dir.join(format!("log{broker}")).display(),
            more = self.more,
        );
        let file = written(dir.join(format!("{broker}.properties")), &config);
        let log = dir.join(format!("broker{broker}.log"));
        self.running[broker] = Some(Java::start(&self.jars, "kafka.Kafka", "-Xmx256M", &[&file], &log));
    }

    /// Ends a broker without warning.
    pub fn kill(&mut self, broker: usize) {
        self.running[broker] = None;
    }

    /// Makes a topic of one partition. Returns the broker that leads it.
    pub fn create_topic(&self, topic: &str) -> usize {
        self.wait_for_all();
        let zookeeper = format!("127.0.0.1:{}/kafka", self.zookeeper);
        let to = ["--zookeeper", &zookeeper, "--topic", topic];
        let tool = |words: &[&str]| {
            let done =
                java(&self.jars, "kafka.admin.TopicCommand", "-Xmx128M", &[words, &to].concat()).output().unwrap();
            assert!(done.status.success(), "{done:?}");
            String::from_utf8(done.stdout).unwrap()
        };
        tool(&["--create", "--partitions", "1", "--replication-factor", "3"]);
        let described = tool(&["--describe"]);
        let (_, leader) = described.split_once("Leader: ").unwrap();
        leader.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn client(&self) -> BaseProducer {
        let mut config: ClientConfig =
            PROPERTIES.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        config.set("bootstrap.servers", self.servers()).create().unwrap()
    }

    /// Waits until all brokers know each other: a topic needs as many as it has replicas.
    #[track_caller]
    fn wait_for_all(&self) {
        let (client, begun) = (self.client(), Instant::now());
        let known = || client.client().fetch_metadata(None, Duration::from_secs(5));
        while !known().is_ok_and(|metadata| metadata.brokers().len() == self.ports.len()) {
            assert!(begun.elapsed() < 3 * DEADLINE, "the brokers know each other in time");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the brokers have made these topics.
    #[track_caller]
    pub fn make_topics(&self, topics: &[String]) {
        let producer = self.client();
        let begun = Instant::now();
        for topic in topics {
            let is_made = || {
                let metadata = producer.client().fetch_metadata(Some(topic), Duration::from_secs(5));
                metadata.is_ok_and(|metadata| {
                    let partitions = metadata.topics()[0].partitions();
                    !partitions.is_empty() && partitions.iter().all(|partition| partition.isr().len() == 3)
                })
            };
            while !is_made() {
                assert!(begun.elapsed() < 3 * DEADLINE, "{topic} is made in time");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    pub fn servers(&self) -> String {
        self.ports.map(|port| format!("127.0.0.1:{port}")).join(",")
    }
}

fn class_path() -> String {
    let jars = PathBuf::from(std::env::var("KAFKA_JARS").expect("`cargo xtask test cluster` names Kafka's jars"));
    let others = ["javadoc", "scaladoc", "sources", "test"].map(|kind| format!("-{kind}.jar"));
    let files = std::fs::read_dir(jars).unwrap().map(|file| file.unwrap().path().to_str().unwrap().to_owned());
    let jars = files.filter(|file| file.ends_with(".jar") && !others.iter().any(|other| file.ends_with(other)));
    jars.collect::<Vec<_>>().join(":")
}

fn written(file: PathBuf, text: &str) -> String {
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until something listens on a port.
#[track_caller]
pub fn listens(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(begun.elapsed() < 3 * DEADLINE, "something listens on {port} in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}
