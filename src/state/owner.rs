//! The stored entries of one user, one key each, so that two tabs never overwrite each other's. They are read from the
//! browser at each call, so that another tab's changes are seen. The user's ID is not stored here, only its storage key.

use super::stored_entry::{StoredEntry, SyncStatus};
use crate::host::{Host, Kept};
use crate::scope::Scope;
use crate::stored::{self, V1};
use waymark_wire::level::{Key, Name, Place, swap_dots};
use waymark_wire::state::{DAY_MS, Versioned};

/// The user whose state it is, and where it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The site.
    pub scope: &'a Scope,
    /// The user's storage key.
    pub user: &'a str,
    /// localStorage or cookies.
    pub place: Place,
}

impl Owner<'_> {
    pub(super) fn key(&self, kind: &str, name: &str) -> String {
        self.scope.name_of(Key::STATE, &[self.user, kind, &swap_dots(name)])
    }

    /// The kind and the name of the entry that is kept under the key.
    pub(super) fn entry<'k>(&self, key: &'k str) -> Option<(&'k str, String)> {
        let [mark, kind, name, _] = Name::read(key, &self.scope.site)?.parts;
        (mark == self.user).then(|| (kind, swap_dots(name)))
    }

    /// What is kept under the key: a removal too, where the collector does not know of it.
    pub(super) fn at(&self, key: &str, host: &mut impl Host) -> Option<StoredEntry> {
        let kept: StoredEntry = stored::load(key, self.place, 0, host)?;
        if kept.entry.expires <= host.now() {
            host.remove(key);
            return None;
        }
        Some(kept)
    }

    /// Keeps the entry in the place of what is kept there.
    pub(super) fn put(
        &self,
        key: &str,
        before: Option<StoredEntry>,
        mut entry: Versioned,
        host: &mut impl Host,
    ) -> Kept {
        let mut sync = SyncStatus::LocalOnly;
        if let Some(before) = before {
            entry.version = before.entry.version;
            sync = before.sync.changed();
        }
        self.write(key, &StoredEntry { v: V1, sync, entry }, host)
    }

    pub(super) fn write(&self, key: &str, kept: &StoredEntry, host: &mut impl Host) -> Kept {
        let text = kept.text();
        if host.load(key, self.place, 0).as_deref() == Some(&*text) {
            return Kept::Stored;
        }
        let days = (kept.entry.expires - host.now()) / DAY_MS + 1;
        host.save(key, &text, self.place, days as u32)
    }

    /// All that is kept, with its key, removals included.
    pub(super) fn kept(&self, host: &mut impl Host) -> Vec<(String, StoredEntry)> {
        let keys = host.names(&self.scope.prefix(Key::STATE, &[self.user])).into_iter();
        keys.filter_map(|key| self.at(&key, host).map(|kept| (key, kept))).collect()
    }

    /// The user of this state turned out to be `other`: it becomes that one's, and progress never goes back. Numbers take
    /// the larger, the site's own values the later; what was first stays first.
    pub fn merge_into(&self, other: &Owner<'_>, host: &mut impl Host) {
        for (key, StoredEntry { entry: mut own, .. }) in self.kept(host) {
            let Some((kind, name)) = self.entry(&key).filter(|_| own.value.is_some()) else { continue };
            let at = other.key(kind, &name);
            let theirs = other.at(&at, host);
            if let Some(theirs) = &theirs {
                own.version = theirs.entry.version;
                own = own.merged(theirs.entry.clone(), kind);
            }
            // Where there is no room it stays where it is.
            if other.put(&at, theirs, own, host) != Kept::Full {
                host.remove(&key);
            }
        }
    }
}
