//! Why a question has no answer.

use crate::store::StoreError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum InsightError {
    /// It would take too long.
    #[error("the question takes over {0} seconds: narrow it, by a shorter range or by filters")]
    TooSlow(u64),
    /// It would take too much memory.
    #[error("the question takes over {0} MB of memory: narrow it, by a shorter range or by filters")]
    TooLarge(usize),
    /// The range has too many points in time.
    #[error("the range has over {0} points in time: take a shorter range or longer steps")]
    TooManyBuckets(usize),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
