//! What a store does about users: erasure and retention.

use crate::store::{Erasure, ErasureNotice, ErasureSource, Expired, Expiry, StoreError, Subject};

/// Erases the data of users.
pub trait EraseUsers: Send + Sync + 'static {
    /// Erases the events of `site` with the anonymous ID `user`, durably, and records the erasure at `time` (epoch ms).
    /// Returns the number of events.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError>;

    /// Erases all events and the state of a user, durably, and records the erasure at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn erase(&self, subject: &Subject, asked: ErasureSource, time: i64) -> Result<Erasure, StoreError>;

    /// Removes these texts from unused parts of the store's files, where erased data may remain. Returns whether they
    /// are gone. They remain if other events contain them, or while another process reads the file.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scrub(&self, texts: &[String]) -> Result<bool, StoreError>;
}

/// Keeps notices of erasures for sinks, until each sink has them.
///
/// A notice is in the same commit as its erasure. Retention makes none: how long a sink keeps events is its own matter.
pub trait FollowErasures: Send + Sync + 'static {
    /// From now on keeps a notice of each erasure for the sink `name`, durably.
    ///
    /// # Errors
    /// [`StoreError`]: no notice is kept.
    fn keep_notices(&self, name: &str) -> Result<(), StoreError>;

    /// The first `limit` notices for the sink `name`, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn notices(&self, name: &str, limit: usize) -> Result<Vec<ErasureNotice>, StoreError>;

    /// Removes the notices for the sink `name` up to the one with this number. It has them.
    ///
    /// # Errors
    /// [`StoreError`]: all of them are still there.
    fn remove_notices(&self, name: &str, last: i64) -> Result<(), StoreError>;

    /// Number of the notices for the sink `name`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn count_notices(&self, name: &str) -> Result<u64, StoreError>;
}

/// Erases data past its retention.
pub trait ExpireData: Send + Sync + 'static {
    /// One step of an expiry: examines the next `limit` events after `after` by arrival, and erases those past their
    /// retention.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire(&self, expiry: &Expiry, after: i64, limit: usize) -> Result<Expired, StoreError>;

    /// Erases at most `limit` entries that have expired at `time` (epoch ms). Returns their number.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was erased.
    fn expire_state(&self, time: i64, limit: usize) -> Result<usize, StoreError>;
}
