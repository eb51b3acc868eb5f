//! Reads messages, cuts them into blocks, and lands each: insert, reject, commit. In: the topics. Out: rows in the store.

use super::attempt::{Attempts, Failure};
use super::block::{Block, Blocks, Message, Topic};
use super::counts::LandCounts;
use super::erased::Erased;
use super::group::{Context, join};
use super::landing::Landing;
use super::offsets::Offsets;
use super::work::{Known, Work};
use super::{LandError, erasures, metrics, removal};
use crate::config::Config;
use crate::kafka::{self, Producer, Role, options};
use crate::sinks::Backoff;
use crate::time::clock::now;
use futures_util::FutureExt as _;
use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::error::KafkaResult;
use rdkafka::message::{BorrowedMessage, Message as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Messages that are taken between two looks at what is due.
const READ_AHEAD: usize = 1_000;

/// A group takes a lander that it does not hear of for minutes for dead.
const ANSWER: Duration = Duration::from_secs(10);

/// How a lander runs.
#[derive(Clone, Debug)]
pub struct Lander {
    /// Most messages of a block.
    pub rows: usize,
    /// How long a block waits for more.
    pub wait: Duration,
    /// Where metrics are served. Default: nowhere.
    pub listen: Option<SocketAddr>,
}

/// Lands until `ending` turns true; then what was read is landed, and its offsets are committed. `started` is called
/// with the address of the metrics once messages are read.
///
/// # Errors
/// [`LandError`]: it cannot start. Once it has started it waits for what fails.
pub async fn run<L: Landing>(
    config: &Config,
    lander: Lander,
    landing: Arc<L>,
    counts: Arc<LandCounts>,
    ending: watch::Receiver<bool>,
    started: impl FnOnce(Option<SocketAddr>),
) -> Result<(), LandError> {
    let kafka = config.kafka.clone().ok_or(LandError::NotClustered)?;
    let (region, of) = (config.region, kafka.clone());
    let checked = tokio::task::spawn_blocking(move || kafka::check(region, &of)).await;
    checked.map_err(|_| LandError::Ended)??;
    let erased = Arc::<Erased>::default();
    let (thread, all_known) = erasures::follow(&kafka, Arc::clone(&erased), ending.clone())?;
    all_known.await.map_err(|_| LandError::Ended)?;
    let (address, serving) = match lander.listen {
        Some(address) => {
            let (address, serving) = metrics::serve(address, Arc::clone(&counts)).await?;
            (Some(address), Some(tokio::spawn(serving)))
        }
        None => (None, None),
    };
    let retention_days = config.sites.iter().map(|site| (site.key.clone(), site.retention_days)).collect();
    let names = [kafka.events_topic(), kafka.deliveries_topic(), kafka.erasures_topic()];
    let consumer = Arc::new(join(&kafka, &names.each_ref().map(String::as_str), Arc::clone(&counts))?);
    let removal = tokio::spawn(removal::run(Arc::clone(&consumer), Arc::clone(&landing)));
    let (producer, rejected) = (Producer::new(options(&kafka, Role::Forwarder)?)?, kafka.rejected_topic());
    let attempts = Attempts { landing, producer, rejected, counts };
    let blocks = Blocks::new(lander.rows, lander.wait);
    let known = Known { erased, retention_days };
    let generation = consumer.context().generation();
    let landed = Offsets::default();
    let running = Running { names, consumer, blocks, known, attempts, landed, generation, ending };
    started(address);
    running.run(removal).await;
    serving.iter().for_each(JoinHandle::abort);
    let _ = tokio::task::spawn_blocking(move || drop(thread.join())).await;
    Ok(())
}

/// A lander at work.
struct Running<L> {
    /// The topics of events, of deliveries and of erasures.
    names: [String; 3],
    consumer: Arc<StreamConsumer<Context>>,
    blocks: Blocks,
    known: Known,
    attempts: Attempts<L>,
    landed: Offsets,
    /// That of the partitions whose messages are in `blocks`.
    generation: u64,
    ending: watch::Receiver<bool>,
}

impl<L: Landing> Running<L> {
    /// Runs until the end.
    async fn run(mut self, removal: JoinHandle<()>) {
        while !*self.ending.borrow() {
            self.read().await;
            while let Some(block) = self.blocks.next(Instant::now()) {
                if !self.land(block).await {
                    break;
                }
            }
        }
        // Each once: what cannot be landed now comes again at the next start.
        while let Some(block) = self.blocks.take() {
            if !self.land(block).await {
                break;
            }
        }
        // It holds the consumer.
        removal.abort();
        let _ = removal.await;
        let Running { consumer, landed, .. } = self;
        // The end of the consumer waits for the brokers too. A thread that panicked has nothing left to wait for.
        let _ = tokio::task::spawn_blocking(move || {
            landed.end(&consumer);
            drop(consumer);
        })
        .await;
    }

    /// Waits for messages, or until a block is due.
    async fn read(&mut self) {
        let due = self.blocks.due().map(tokio::time::Instant::from_std);
        let mut ending = self.ending.clone();
        let received = tokio::select! {
            biased;
            _ = ending.wait_for(|ending| *ending) => return,
            () = sleep_until(due) => return,
            received = self.consumer.recv() => received,
        };
        let mut next = Some(received);
        let (mut taken, mut left) = (Vec::new(), READ_AHEAD);
        while let Some(received) = next {
            taken.extend(self.taken(received));
            left -= 1;
            next = if left == 0 { None } else { self.consumer.recv().now_or_never() };
        }
        self.add(taken);
    }

    /// A message with its generation. None for an error.
    fn taken(&self, received: KafkaResult<BorrowedMessage<'_>>) -> Option<Taken> {
        let message = match received {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(%error, "messages cannot be read now");
                return None;
            }
        };
        let topics = [Topic::Events, Topic::Deliveries, Topic::Erasures];
        let (topic, _) = topics.into_iter().zip(&self.names).find(|(_, name)| *name == message.topic())?;
        let bytes = |bytes: Option<&[u8]>| bytes.unwrap_or_default().to_vec();
        let (key, payload) = (bytes(message.key()), bytes(message.payload()));
        let generation = self.consumer.context().generation();
        let (partition, message) = (message.partition(), Message { offset: message.offset(), key, payload });
        Some(Taken { generation, topic, partition, message })
    }

    /// Messages of partitions that were taken away meanwhile are dropped: others read them again.
    fn add(&mut self, taken: Vec<Taken>) {
        let (generation, now) = (self.consumer.context().generation(), Instant::now());
        if generation != self.generation {
            self.blocks.clear();
            self.landed.clear();
            self.generation = generation;
        }
        for Taken { topic, partition, message, .. } in taken.into_iter().filter(|taken| taken.generation == generation)
        {
            self.blocks.add(topic, partition, message, now);
        }
    }

    /// Lands a block. Returns false if it is not landed: the program ends, or the partition is somebody else's.
    async fn land(&mut self, block: Block) -> bool {
        let name = match block.topic {
            Topic::Events => &self.names[0],
            Topic::Deliveries => &self.names[1],
            Topic::Erasures => &self.names[2],
        };
        let (name, mut answered) = (name.clone(), Instant::now());
        // What is left of it, in order from the end.
        let mut parts = vec![block];
        while let Some(part) = parts.pop() {
            match self.land_part(part, &name).await {
                None => return false,
                Some(halves) => parts.extend(halves.into_iter().rev()),
            }
            if parts.is_empty() || answered.elapsed() > ANSWER {
                self.landed.commit(&self.consumer, &self.attempts.counts);
                answered = Instant::now();
                // A block with much in it that is refused takes long.
                if !parts.is_empty() && !self.pause(Duration::from_millis(1)).await {
                    return false;
                }
            }
        }
        true
    }

    /// Lands a part of a block, with growing pauses until that is done. Returns what is left: both halves, if the store
    /// refuses something in it. `None` if it is not done.
    async fn land_part(&mut self, mut part: Block, name: &str) -> Option<Vec<Block>> {
        let (partition, last) = (part.partition, part.last());
        let mut work = Arc::new(Work::of(&part, name, &self.known));
        let mut backoff = Backoff::default();
        while let Err(failure) = self.attempts.land(&work).await {
            match failure {
                Failure::Refused { code, reason } => {
                    part = match part.halves() {
                        Ok(halves) => return Some(halves.into()),
                        Err(single) => single,
                    };
                    // The reason may have somebody's data in it.
                    tracing::error!(block = work.token, code, "the store refuses a message, which is rejected");
                    work = Arc::new(Work::refused(&part, name, &reason));
                }
                Failure::Retryable(error) => {
                    LandCounts::add(&self.attempts.counts.failures, 1);
                    tracing::warn!(block = work.token, error, "a block was not landed; it is tried again");
                    if !self.pause(backoff.next()).await {
                        return None;
                    }
                }
            }
        }
        work.count(&self.attempts.counts, now());
        if self.consumer.context().generation() == self.generation {
            self.landed.set(name, partition, last);
        }
        Some(Vec::new())
    }

    /// Waits, and answers the group meanwhile. Returns whether to go on.
    async fn pause(&mut self, pause: Duration) -> bool {
        if *self.ending.borrow() {
            return false;
        }
        let assigned = self.consumer.assignment().and_then(|assigned| self.consumer.pause(&assigned));
        assigned.unwrap_or_else(|error| tracing::debug!(%error, "reading goes on while a block waits"));
        let until = tokio::time::Instant::now() + pause;
        let mut ending = self.ending.clone();
        let mut taken = Vec::new();
        let is_over = loop {
            let received = tokio::select! {
                biased;
                _ = ending.wait_for(|ending| *ending) => break false,
                () = tokio::time::sleep_until(until) => break true,
                received = self.consumer.recv() => received,
            };
            // Of partitions that were assigned meanwhile.
            taken.extend(self.taken(received));
            if self.consumer.context().generation() != self.generation {
                break false;
            }
        };
        let is_mine = self.consumer.context().generation() == self.generation;
        self.add(taken);
        let resumed = self.consumer.assignment().and_then(|assigned| self.consumer.resume(&assigned));
        resumed.unwrap_or_else(|error| tracing::debug!(%error, "reading was not paused"));
        is_over && is_mine
    }
}

/// A message as it was read.
struct Taken {
    generation: u64,
    topic: Topic,
    partition: i32,
    message: Message,
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
