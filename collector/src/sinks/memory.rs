//! A sink in memory, for tests.

use super::{ErasureSink, EventSink, FlushError, SinkError};
use crate::store::{ErasureNotice, StoredEvent};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Takes every event and keeps it in memory. Its clones share the events.
#[derive(Clone)]
pub struct MemorySink {
    name: Arc<str>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    unflushed: Vec<StoredEvent>,
    durable: Vec<StoredEvent>,
    erasures: Vec<ErasureNotice>,
}

impl MemorySink {
    /// An empty sink with this name.
    pub fn new(name: &str) -> Self {
        MemorySink { name: name.into(), taken: Arc::default() }
    }

    /// All flushed events in order of arrival, with repetitions.
    pub fn events(&self) -> Vec<StoredEvent> {
        self.lock().durable.clone()
    }

    /// All notices of erasures in order of arrival, with repetitions.
    pub fn erasures(&self) -> Vec<ErasureNotice> {
        self.lock().erasures.clone()
    }

    /// Loses what was not flushed, as in a crash of the sink.
    pub fn crash(&self) {
        self.lock().unflushed.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for MemorySink {
    fn name(&self) -> &str {
        &self.name
    }

    async fn publish(&self, events: &[StoredEvent]) -> Vec<Result<(), SinkError>> {
        self.lock().unflushed.extend_from_slice(events);
        vec![Ok(()); events.len()]
    }

    async fn flush(&self) -> Result<(), FlushError> {
        let Taken { unflushed, durable, .. } = &mut *self.lock();
        durable.append(unflushed);
        Ok(())
    }
}

impl ErasureSink for MemorySink {
    fn name(&self) -> &str {
        &self.name
    }

    async fn publish_erasures(&self, notices: &[ErasureNotice]) -> Result<(), SinkError> {
        self.lock().erasures.extend_from_slice(notices);
        Ok(())
    }
}
