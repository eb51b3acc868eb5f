//! What a store keeps beside events: the users' state, links, segments and goals.

use crate::store::{Change, ExportedState, Merged, Saved, SavedKind, Share, States, StoreError, Subject, TokenHash};

/// Keeps the state of users.
pub trait KeepState: Send + Sync + 'static {
    /// Merges changes into the stored user state. All of it is durable once this returns, or nothing is stored.
    /// Returns one result for each change. State that has expired at `time` (epoch ms) is ignored.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored.
    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError>;

    /// The state of a user that has not expired at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`].
    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError>;

    /// All state of a user, including what has expired.
    ///
    /// # Errors
    /// [`StoreError`].
    fn export_state(&self, subject: &Subject) -> Result<Vec<ExportedState>, StoreError>;
}

/// Keeps shared links.
pub trait KeepShares: Send + Sync + 'static {
    /// Keeps a new link, durably, and drops those that ended before it was made. Returns false, and keeps nothing, if
    /// the site has [`crate::store::SHARES`] links.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was kept.
    fn add_share(&self, share: &Share) -> Result<bool, StoreError>;

    /// The links of a site, or of all sites, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn shares(&self, site: Option<&str>) -> Result<Vec<Share>, StoreError>;

    /// The link whose token has this hash, if it has not ended at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`].
    fn share(&self, hash: &TokenHash, time: i64) -> Result<Option<Share>, StoreError>;

    /// Notes that a link was opened at `time` (epoch ms).
    ///
    /// # Errors
    /// [`StoreError`].
    fn use_share(&self, id: &str, time: i64) -> Result<(), StoreError>;

    /// Ends a link, durably. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]: the link is still there.
    fn revoke_share(&self, id: &str) -> Result<bool, StoreError>;
}

/// Keeps saved segments and goals.
pub trait KeepSaved: Send + Sync + 'static {
    /// Saves one, durably, in place of the one of its site, kind and name. Returns false, and saves nothing, if the site
    /// has [`crate::store::SAVED`] others.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was saved.
    fn save(&self, saved: &Saved) -> Result<bool, StoreError>;

    /// Those of a site, by kind and name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn saved(&self, site: &str) -> Result<Vec<Saved>, StoreError>;

    /// Drops one, durably. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]: it is still there.
    fn drop_saved(&self, site: &str, kind: SavedKind, name: &str) -> Result<bool, StoreError>;
}
