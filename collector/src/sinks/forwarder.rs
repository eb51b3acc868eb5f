//! Forwards committed events to a sink, behind a cursor in the store. In: the store and the sink. Out: each event at
//! the sink at least once. It holds no event between two attempts, so that an erased event is not published again.

use super::counts::SinkCounts;
use super::follower::{self, Follower, Progress};
use super::{EventSink, SinkError};
use crate::store::blocking::reading;
use crate::store::{BatchLimit, FollowCommits, Position, StoreError, StoredEvent};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Size of a batch: one commit of the cursor serves many events, and a batch takes little memory.
const BATCH: BatchLimit = BatchLimit { events: 500, bytes: 4 << 20 };

/// Forwards the events of a store to one sink. A new sink gets all stored events.
///
/// The cursor moves past an event once the sink has taken it durably or rejected it for good. An event that the sink
/// keeps refusing holds the cursor back, and at most one batch behind it is published meanwhile.
///
/// ```
/// # use std::sync::Arc;
/// # use uuid::Uuid;
/// # use waymark_collector::store::*;
/// use waymark_collector::sinks::{Forwarder, MemorySink, Progress};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let event = StoredEvent {
/// #     id: Uuid::nil(), site: "demo".into(), kind: "play".into(), time: 0, received: 0, who: UserIds::default(),
/// #     body: "{}".into(),
/// # };
/// # let batch = IngestBatch {
/// #     site: "demo".into(), tab: Uuid::nil(), day: Day::of(0), seq: 0, events: 1, last: 0, lost: Losses::default(),
/// #     records: vec![event],
/// # };
/// let store = Arc::new(Memory::default());
/// store.append(&[batch])?;
///
/// let sink = MemorySink::new("memory");
/// let mut forwarder = Forwarder::new(store, sink.clone());
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// while forwarder.step().await? != Progress::Idle {}
/// # Ok::<_, StoreError>(()) })?;
/// assert_eq!(sink.events().len(), 1);
/// # Ok(()) }
/// ```
pub struct Forwarder<S> {
    store: Arc<dyn FollowCommits>,
    sink: S,
    limit: BatchLimit,
    /// `None` before it was read from the store.
    cursor: Option<Position>,
    /// Events after the cursor that the sink has taken or rejected.
    done: BTreeSet<Position>,
    counts: Arc<SinkCounts>,
}

impl<S: EventSink> Forwarder<S> {
    /// Forwards from `store` to `sink`. There must be one forwarder for each name of a sink.
    pub fn new(store: Arc<dyn FollowCommits>, sink: S) -> Self {
        Forwarder { store, sink, limit: BATCH, cursor: None, done: BTreeSet::new(), counts: Arc::default() }
    }

    /// Publishes batches of at most this size.
    #[must_use]
    pub fn limit(self, limit: BatchLimit) -> Self {
        Forwarder { limit, ..self }
    }

    /// The counts, also while it runs.
    pub fn counts(&self) -> Arc<SinkCounts> {
        Arc::clone(&self.counts)
    }

    /// Forwards until `ending` turns true. The batch in progress then gets a limited time to finish. Cancelling is safe
    /// at any time: what the cursor has not passed is published again at the next start.
    pub async fn run(self, ending: watch::Receiver<bool>) {
        follower::run(self, ending).await;
    }

    /// Publishes one batch, and moves the cursor.
    ///
    /// # Errors
    /// [`StoreError`]: the batch could not be read, or the cursor not be moved. The next step tries it again.
    pub async fn step(&mut self) -> Result<Progress, StoreError> {
        let (cursor, limit) = (self.cursor().await?, self.limit);
        let batch = reading(&self.store, move |store| store.committed(cursor, limit)).await?;
        let read: Vec<_> = batch.iter().map(|committed| committed.position).collect();
        let waiting = batch.into_iter().filter(|committed| !self.done.contains(&committed.position));
        let (positions, events): (Vec<_>, Vec<_>) =
            waiting.map(|committed| (committed.position, committed.event)).unzip();
        let progress = match (read.is_empty(), events.is_empty()) {
            (true, _) => Progress::Idle,
            // Only the cursor was not moved.
            (false, true) => Progress::Complete,
            (false, false) => self.publish(&positions, &events).await,
        };
        self.advance(&read).await?;
        Ok(progress)
    }

    async fn cursor(&mut self) -> Result<Position, StoreError> {
        if let Some(cursor) = self.cursor {
            return Ok(cursor);
        }
        let name = self.sink.name().to_owned();
        let cursor = reading(&self.store, move |store| store.cursor(&name)).await?;
        self.cursor = Some(cursor);
        Ok(cursor)
    }

    /// Publishes events, and notes which are done.
    async fn publish(&mut self, positions: &[Position], events: &[StoredEvent]) -> Progress {
        let started = Instant::now();
        let mut results = self.sink.publish(events).await;
        results.resize(events.len(), Err(SinkError::Retryable("the sink did not answer".to_owned())));
        if results.iter().any(|result| !matches!(result, Err(SinkError::Retryable(_))))
            && let Err(error) = self.sink.flush().await
        {
            results.fill(Err(SinkError::Retryable(error.to_string())));
        }
        self.counts.publishes.observe(started.elapsed());
        let mut held = HashSet::new();
        let (mut published, mut rejected, mut last) = (0, 0, None);
        for ((position, event), result) in positions.iter().zip(events).zip(results) {
            match result {
                Err(SinkError::Rejected(reason)) => {
                    tracing::error!(id = %event.id, sink = self.sink.name(), reason, "the sink rejected an event");
                    rejected += 1;
                }
                // An earlier event of the user comes again, and this one after it.
                Ok(()) if held.contains(&user(event)) => continue,
                Ok(()) => published += 1,
                Err(SinkError::Retryable(reason)) => {
                    held.insert(user(event));
                    last = Some(reason);
                    continue;
                }
            }
            self.done.insert(*position);
        }
        let retried = events.len() - published - rejected;
        if let Some(reason) = last {
            tracing::warn!(sink = self.sink.name(), retried, reason, "the sink did not take events; they come again");
        }
        self.counts.add(published, rejected, retried);
        match (published + rejected, retried) {
            (_, 0) => Progress::Complete,
            (0, _) => Progress::Stalled,
            _ => Progress::Partial,
        }
    }

    /// Moves the cursor past the events at the start of the batch that are done.
    async fn advance(&mut self, read: &[Position]) -> Result<(), StoreError> {
        let Some(&position) = read.iter().take_while(|position| self.done.contains(position)).last() else {
            return Ok(());
        };
        let name = self.sink.name().to_owned();
        reading(&self.store, move |store| store.save_cursor(&name, position)).await?;
        self.cursor = Some(position);
        self.done.retain(|done| *done > position);
        Ok(())
    }
}

/// Whose events keep their order: those of a site and user.
fn user(event: &StoredEvent) -> (&str, Option<&str>) {
    (&event.site, event.who.known.as_deref().or(event.who.anonymous.as_deref()))
}

impl<S: EventSink> Follower for Forwarder<S> {
    const POLL: Duration = Duration::from_millis(200);

    fn sink(&self) -> &str {
        self.sink.name()
    }

    async fn step(&mut self) -> Result<Progress, StoreError> {
        Forwarder::step(self).await
    }
}
