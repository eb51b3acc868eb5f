//! The stored entries of one user. Each entry has its own storage key, so that two tabs never overwrite each other's
//! entries. Entries are read from the browser at each call, so that changes of other tabs are seen. The names contain
//! the user's storage key and not the user's ID.

use super::stored_entry::{StoredEntry, SyncStatus};
use crate::host::{Host, SaveResult};
use crate::scope::Scope;
use crate::stored::{self, V1};
use waymark_wire::level::{Key, Name, StorageArea, swap_dots};
use waymark_wire::state::{DAY_MS, Versioned};

/// The user who owns the state, and where the state is stored.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The site.
    pub scope: &'a Scope,
    /// The user's storage key.
    pub user: &'a str,
    /// localStorage or cookies.
    pub area: StorageArea,
}

impl Owner<'_> {
    pub(super) fn key(&self, kind: &str, name: &str) -> String {
        self.scope.name_of(Key::STATE, &[self.user, kind, &swap_dots(name)])
    }

    /// The kind and the name of the entry stored under `key`; `None` if `key` is not a key of this owner.
    pub(super) fn entry<'k>(&self, key: &'k str) -> Option<(&'k str, String)> {
        let [user, kind, name, _] = Name::read(key, &self.scope.site)?.parts;
        (user == self.user).then(|| (kind, swap_dots(name)))
    }

    /// The entry stored under `key`, or a removal that the collector does not know yet. An expired entry is removed.
    pub(super) fn at(&self, key: &str, host: &mut impl Host) -> Option<StoredEntry> {
        let kept: StoredEntry = stored::load(key, self.area, 0, host)?;
        if kept.entry.expires <= host.now() {
            host.remove(key);
            return None;
        }
        Some(kept)
    }

    /// Stores the entry in place of `before`, the entry stored under `key` so far.
    pub(super) fn put(
        &self,
        key: &str,
        before: Option<StoredEntry>,
        mut entry: Versioned,
        host: &mut impl Host,
    ) -> SaveResult {
        let mut sync = SyncStatus::LocalOnly;
        if let Some(before) = before {
            entry.version = before.entry.version;
            sync = before.sync.changed();
        }
        self.write(key, &StoredEntry { v: V1, sync, entry }, host)
    }

    pub(super) fn write(&self, key: &str, kept: &StoredEntry, host: &mut impl Host) -> SaveResult {
        let text = kept.text();
        if host.load(key, self.area, 0).as_deref() == Some(&*text) {
            return SaveResult::Stored;
        }
        let days = (kept.entry.expires - host.now()) / DAY_MS + 1;
        host.save(key, &text, self.area, days as u32)
    }

    /// All stored entries with their keys, including removals.
    pub(super) fn kept(&self, host: &mut impl Host) -> Vec<(String, StoredEntry)> {
        let keys = host.names(&self.scope.prefix(Key::STATE, &[self.user])).into_iter();
        keys.filter_map(|key| self.at(&key, host).map(|kept| (key, kept))).collect()
    }

    /// Moves this user's state to `other`, who turned out to be the same user. Progress never goes back: of two numbers
    /// the larger is kept, of two values of kind `data` the later. The earlier first-set time is kept.
    pub fn merge_into(&self, other: &Owner<'_>, host: &mut impl Host) {
        for (key, StoredEntry { entry: mut own, .. }) in self.kept(host) {
            let Some((kind, name)) = self.entry(&key).filter(|_| own.value.is_some()) else { continue };
            let at = other.key(kind, &name);
            let theirs = other.at(&at, host);
            if let Some(theirs) = &theirs {
                own.version = theirs.entry.version;
                own = own.merged(theirs.entry.clone(), kind);
            }
            // If there is no room, the entry stays with this user.
            if other.put(&at, theirs, own, host) != SaveResult::QuotaExceeded {
                host.remove(&key);
            }
        }
    }
}
