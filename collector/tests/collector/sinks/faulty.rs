//! A sink and a store that fail as a test says. Behind each is a real one.

use super::BAD;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use uuid::Uuid;
use waymark_collector::sinks::{EventSink, FlushError, MemorySink, SinkError};
use waymark_collector::store::{BatchLimit, CommittedEvent, FollowCommits, Position, Store, StoreError, StoredEvent};

/// How a sink answers.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Which events it does not take now, by their place in the batch, repeated.
    pub refused: Vec<bool>,
    /// Whether it takes no event after one of the same site and user that it refused.
    pub is_strict: bool,
    /// How many events it answers for, if not for all.
    pub answered: Option<usize>,
    /// Whether the flush fails.
    pub is_not_flushed: bool,
    /// How many events it takes before it stops answering at all.
    pub stalls_at: Option<usize>,
}

#[derive(Clone)]
pub struct FaultySink {
    pub taken: MemorySink,
    pub answers: Arc<Mutex<Answers>>,
    /// Every event that it was given, in this order.
    pub given: Arc<Mutex<Vec<Uuid>>>,
    /// Wakes when it stalls.
    pub stalled: Arc<Notify>,
}

impl FaultySink {
    pub fn new(answers: Answers) -> Self {
        let answers = Arc::new(Mutex::new(answers));
        FaultySink { taken: MemorySink::new("faulty"), answers, given: Arc::default(), stalled: Arc::default() }
    }
}

impl EventSink for FaultySink {
    fn name(&self) -> &str {
        self.taken.name()
    }

    async fn publish(&self, events: &[StoredEvent]) -> Vec<Result<(), SinkError>> {
        let answers = self.answers.lock().unwrap().clone();
        self.given.lock().unwrap().extend(events.iter().map(|event| event.id));
        let (mut results, mut held) = (Vec::new(), HashSet::new());
        for (index, event) in events.iter().enumerate() {
            if answers.stalls_at == Some(index) {
                self.stalled.notify_one();
                std::future::pending::<()>().await;
            }
            let user = (&event.site, &event.who.anonymous);
            let is_refused = answers.refused.get(index % answers.refused.len().max(1)).is_some_and(|refused| *refused);
            results.push(if event.kind == BAD {
                Err(SinkError::Rejected("bad".to_owned()))
            } else if is_refused || (answers.is_strict && held.contains(&user)) {
                held.insert(user);
                Err(SinkError::Retryable("busy".to_owned()))
            } else {
                self.taken.publish(std::slice::from_ref(event)).await.remove(0)
            });
        }
        results.truncate(answers.answered.unwrap_or(usize::MAX));
        results
    }

    async fn flush(&self) -> Result<(), FlushError> {
        if self.answers.lock().unwrap().is_not_flushed {
            return Err(FlushError("no room".to_owned()));
        }
        self.taken.flush().await
    }
}

pub struct FaultyStore {
    pub store: Arc<dyn Store>,
    pub fails_to_read: AtomicBool,
    pub fails_to_save: AtomicBool,
}

impl FaultyStore {
    pub fn new(store: Arc<dyn Store>) -> Self {
        FaultyStore { store, fails_to_read: AtomicBool::new(false), fails_to_save: AtomicBool::new(false) }
    }
}

fn fails(flag: &AtomicBool) -> Result<(), StoreError> {
    if flag.load(Ordering::Relaxed) { Err(StoreError::Interrupted) } else { Ok(()) }
}

impl FollowCommits for FaultyStore {
    fn committed(&self, after: Position, limit: BatchLimit) -> Result<Vec<CommittedEvent>, StoreError> {
        fails(&self.fails_to_read)?;
        self.store.committed(after, limit)
    }

    fn cursor(&self, name: &str) -> Result<Position, StoreError> {
        fails(&self.fails_to_read)?;
        self.store.cursor(name)
    }

    fn save_cursor(&self, name: &str, position: Position) -> Result<(), StoreError> {
        fails(&self.fails_to_save)?;
        self.store.save_cursor(name, position)
    }

    fn last_position(&self) -> Result<Position, StoreError> {
        fails(&self.fails_to_read)?;
        self.store.last_position()
    }
}
