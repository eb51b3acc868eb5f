//! A log that keeps events until they are landed in a store. Collectors that write to it have no state of their own.

use super::{ErasureNotice, IngestBatch};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The outcome of a request to a log, once it is known.
pub type Logged<'a> = Pin<Box<dyn Future<Output = Result<(), LogError>> + Send + 'a>>;

/// A log of events that replicates what it has acknowledged.
pub trait EventLog: Send + Sync + 'static {
    /// Keeps the events of a batch, then its report about the tab. The log may have a part of the batch after an error:
    /// the batch comes again, and IDs tell repetitions.
    fn append<'a>(&'a self, batch: &'a IngestBatch) -> Logged<'a>;

    /// Keeps notices of erasures.
    fn erase<'a>(&'a self, notices: &'a [ErasureNotice]) -> Logged<'a>;

    /// Whether events would be kept now.
    fn check(&self) -> Logged<'_>;
}

/// The log did not keep something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LogError(pub String);

/// A log in memory, for tests. Its clones share what they keep.
#[derive(Clone, Default)]
pub struct MemoryLog(Arc<Mutex<Kept>>);

/// What a [`MemoryLog`] keeps.
#[derive(Default)]
struct Kept {
    batches: Vec<IngestBatch>,
    erasures: Vec<ErasureNotice>,
    is_away: bool,
}

impl MemoryLog {
    /// From now on it keeps nothing, or keeps again.
    pub fn set_away(&self, is_away: bool) {
        self.lock().is_away = is_away;
    }

    /// All batches in order of arrival, with repetitions.
    pub fn batches(&self) -> Vec<IngestBatch> {
        self.lock().batches.clone()
    }

    /// All notices in order of arrival, with repetitions.
    pub fn erasures(&self) -> Vec<ErasureNotice> {
        self.lock().erasures.clone()
    }

    fn keep(&self, keep: impl FnOnce(&mut Kept)) -> Logged<'_> {
        let mut kept = self.lock();
        let kept = match kept.is_away {
            true => Err(LogError("it is away".to_owned())),
            false => {
                keep(&mut kept);
                Ok(())
            }
        };
        Box::pin(std::future::ready(kept))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventLog for MemoryLog {
    fn append<'a>(&'a self, batch: &'a IngestBatch) -> Logged<'a> {
        self.keep(|kept| kept.batches.push(batch.clone()))
    }

    fn erase<'a>(&'a self, notices: &'a [ErasureNotice]) -> Logged<'a> {
        self.keep(|kept| kept.erasures.extend_from_slice(notices))
    }

    fn check(&self) -> Logged<'_> {
        self.keep(|_| ())
    }
}
