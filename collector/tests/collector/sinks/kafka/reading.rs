//! Reads topics as another program would.

use crate::harness::running::DEADLINE;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use std::time::{Duration, Instant};

/// A message of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub partition: i32,
    pub key: String,
    pub payload: String,
}

/// A reader of all partitions of a topic, from the first message on.
pub struct Reader(BaseConsumer);

impl Reader {
    pub fn open(servers: &str, topic: &str) -> Self {
        Reader::with(servers, topic, &[])
    }

    /// The same with properties of librdkafka.
    pub fn with(servers: &str, topic: &str, properties: &[(&str, &str)]) -> Self {
        let mut config: ClientConfig =
            properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let consumer: BaseConsumer = config
            .set("bootstrap.servers", servers)
            .set("group.id", "reader")
            .set("enable.auto.commit", "false")
            .set("fetch.wait.max.ms", "50")
            .create()
            .unwrap();
        let metadata = consumer.fetch_metadata(Some(topic), DEADLINE).unwrap();
        let mut partitions = TopicPartitionList::new();
        for partition in metadata.topics()[0].partitions() {
            partitions.add_partition_offset(topic, partition.id(), Offset::Beginning).unwrap();
        }
        consumer.assign(&partitions).unwrap();
        Reader(consumer)
    }

    /// Number of the topic's partitions.
    pub fn partitions(&self) -> usize {
        self.0.assignment().unwrap().count()
    }

    /// Reads until no more messages come for the moment and `enough`, of all of them, is true.
    #[track_caller]
    pub fn until(&self, enough: impl Fn(&[Read]) -> bool) -> Vec<Read> {
        let (begun, mut all) = (Instant::now(), Vec::new());
        loop {
            assert!(begun.elapsed() < DEADLINE, "it comes in time; there are {}", all.len());
            let message = match self.0.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => message,
                // A broker that is down is asked again.
                Some(Err(_)) => continue,
                None if enough(&all) => return all,
                None => continue,
            };
            let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap_or_default().to_vec()).unwrap();
            let (key, payload) = (text(message.key()), text(message.payload()));
            all.push(Read { partition: message.partition(), key, payload });
        }
    }

    /// Reads so many messages at least.
    #[track_caller]
    pub fn take(&self, messages: usize) -> Vec<Read> {
        self.until(|all| all.len() >= messages)
    }
}
