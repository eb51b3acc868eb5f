//! The page's operations on its user's state: get, set, remove, clear, all. In: an [`Owner`], kind, name and value.
//! Out: entries, and the event that records a change.

use super::change::{Change, change};
use super::owner::Owner;
use super::stored_entry::{StoredEntry, SyncStatus};
use crate::call_error::CallError;
use crate::host::{Host, SaveResult};
use serde::Serialize;
use serde_json::value::RawValue;
use waymark_wire::state::{DAY_MS, DAYS, Versioned};

/// An entry as returned to the page.
#[derive(Debug, Serialize)]
pub struct StateEntry {
    /// The kind; left out if the page asked for the entry by kind and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The name; left out if the page asked for the entry by kind and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A whole number; for kind `data` any JSON.
    pub value: Box<RawValue>,
    /// When the entry was first set (for kind `data`: last set), epoch ms.
    pub at: i64,
    /// When the entry expires, epoch ms.
    pub expires: i64,
}

impl StateEntry {
    fn new(entry: Versioned) -> Option<Self> {
        let value = RawValue::from_string(entry.value?).ok()?;
        Some(StateEntry { kind: None, name: None, value, at: entry.at, expires: entry.expires })
    }
}

impl Owner<'_> {
    /// The entry of this kind and name, unless it has expired.
    pub fn get(&self, kind: &str, name: &str, host: &mut impl Host) -> Option<StateEntry> {
        StateEntry::new(self.at(&self.key(kind, name), host)?.entry)
    }

    /// Stores `value` (JSON) for `days` days. Returns the event that records the change, or `None` if the value is
    /// unchanged.
    ///
    /// # Errors
    /// The kind, the name or the value is invalid, or the browser has no room ([`CallError::StorageFull`]). The old value
    /// then stays.
    pub fn set(
        &self,
        kind: &str,
        name: &str,
        value: &str,
        days: i64,
        host: &mut impl Host,
    ) -> Result<Option<Change>, CallError> {
        let change = change(kind, name, value)?;
        let key = self.key(kind, name);
        let before = self.at(&key, host);
        let now = host.now();
        let mut entry = Versioned { version: 0, at: now, expires: now + days * DAY_MS, value: Some(value.to_owned()) };
        let mut is_change = true;
        if let Some(StoredEntry { entry: before, .. }) = &before {
            is_change = before.value != entry.value;
            // Kind `data` has the time of the last change, every other kind the time of the first.
            if kind != "data" && before.value.is_some() {
                entry.at = before.at;
            }
        }
        if self.put(&key, before, entry, host) == SaveResult::QuotaExceeded {
            return Err(CallError::StorageFull);
        }
        Ok(is_change.then_some(change))
    }

    /// Removes the entry. If the collector knows the entry, a removal mark is stored until the collector knows the
    /// removal too.
    pub fn remove(&self, kind: &str, name: &str, host: &mut impl Host) {
        let key = self.key(kind, name);
        match self.at(&key, host) {
            Some(mut kept) if kept.sync != SyncStatus::LocalOnly => {
                if kept.entry.value.take().is_some() {
                    let now = host.now();
                    kept.entry.version += 1;
                    (kept.entry.at, kept.entry.expires) = (now, now + DAYS * DAY_MS);
                    kept.sync = SyncStatus::Modified;
                    self.write(&key, &kept, host);
                }
            }
            _ => host.remove(&key),
        }
    }

    /// Removes all entries of the user.
    pub fn clear(&self, host: &mut impl Host) {
        for (key, kept) in self.kept(host) {
            if kept.entry.value.is_some() {
                host.remove(&key);
            }
        }
    }

    /// All entries of the user.
    pub fn all(&self, host: &mut impl Host) -> Vec<StateEntry> {
        let kept = self.kept(host).into_iter();
        let entries = kept.filter_map(|(key, kept)| {
            let (kind, name) = self.entry(&key)?;
            Some(StateEntry { kind: Some(kind.to_owned()), name: Some(name), ..StateEntry::new(kept.entry)? })
        });
        entries.collect()
    }
}
