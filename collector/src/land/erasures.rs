//! Follows the topic of erasures, on a thread of its own. Each lander reads all of it: any of them may get an event of
//! somebody who was erased.

use super::LandError;
use super::erased::Erased;
use crate::config::Kafka;
use crate::kafka::{Logger, read_all, read_erasure, reader};
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// How often it is looked whether the program ends.
const POLL: Duration = Duration::from_millis(200);

/// Starts the thread. The receiver gets word once all erasures so far are known.
pub(super) fn follow(
    kafka: &Kafka,
    erased: Arc<Erased>,
    ending: watch::Receiver<bool>,
) -> Result<(JoinHandle<()>, oneshot::Receiver<()>), LandError> {
    let (reader, topic) = (reader(kafka)?, kafka.erasures_topic());
    let partitions = read_all(&reader, &topic)?;
    let (known, all_known) = oneshot::channel();
    let run = move || run(&reader, partitions, &erased, known, &ending);
    let thread = std::thread::Builder::new().name("erasures".to_owned()).spawn(run);
    Ok((thread.map_err(crate::store::StoreError::from)?, all_known))
}

fn run(
    reader: &BaseConsumer<Logger>,
    mut unread: BTreeSet<i32>,
    erased: &Erased,
    known: oneshot::Sender<()>,
    ending: &watch::Receiver<bool>,
) {
    let mut known = Some(known);
    while !*ending.borrow() {
        match reader.poll(POLL) {
            Some(Ok(message)) => {
                let text = std::str::from_utf8(message.payload().unwrap_or_default());
                match text
                    .map_err(|error| error.to_string())
                    .and_then(|text| read_erasure(text).map_err(|error| error.to_string()))
                {
                    Ok(notice) => erased.add(&notice),
                    // The group rejects it, and counts it.
                    Err(reason) => tracing::warn!(offset = message.offset(), reason, "a message is no erasure"),
                }
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                unread.remove(&partition);
                if unread.is_empty()
                    && let Some(known) = known.take()
                {
                    // The lander may have ended.
                    let _ = known.send(());
                }
            }
            Some(Err(error)) => tracing::debug!(%error, "erasures cannot be read now"),
            None => {}
        }
    }
}
