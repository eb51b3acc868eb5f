//! What the page does with its user's state: get, set, remove, all. In: an [`Owner`], kind, name and value. Out: entries,
//! and the event that a change records.

use super::change::{Change, change};
use super::owner::Owner;
use super::stored_entry::{StoredEntry, SyncStatus};
use crate::call_error::CallError;
use crate::host::{Host, Kept};
use serde::Serialize;
use serde_json::value::RawValue;
use waymark_wire::state::{DAY_MS, DAYS, Versioned};

/// An entry as the page gets it.
#[derive(Debug, Serialize)]
pub struct StateEntry {
    /// Its kind; left out where the page asked for it by kind and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its name; likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A whole number; for `data` any JSON.
    pub value: Box<RawValue>,
    /// When it was first set, of `data` when it was last set, epoch ms.
    pub at: i64,
    /// When it is forgotten, epoch ms.
    pub expires: i64,
}

impl StateEntry {
    fn new(entry: Versioned) -> Option<Self> {
        let value = RawValue::from_string(entry.value?).ok()?;
        Some(StateEntry { kind: None, name: None, value, at: entry.at, expires: entry.expires })
    }
}

impl Owner<'_> {
    /// What is remembered, unless it has expired.
    pub fn get(&self, kind: &str, name: &str, host: &mut impl Host) -> Option<StateEntry> {
        StateEntry::new(self.at(&self.key(kind, name), host)?.entry)
    }

    /// Remembers `value`, JSON, for so many days. Returns the event that this is, if it is a change.
    ///
    /// # Errors
    /// What is wrong with kind, name or value; that the browser has no room, and what was there before is still there.
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
            // Of the site's own values the later counts, of all others the first time.
            if kind != "data" && before.value.is_some() {
                entry.at = before.at;
            }
        }
        if self.put(&key, before, entry, host) == Kept::Full {
            return Err(CallError::StateFull);
        }
        Ok(is_change.then_some(change))
    }

    /// Forgets it. What the collector knows of is kept as removed until the collector knows that, too.
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

    /// Forgets all of it.
    pub fn clear(&self, host: &mut impl Host) {
        for (key, kept) in self.kept(host) {
            if kept.entry.value.is_some() {
                host.remove(&key);
            }
        }
    }

    /// All of it.
    pub fn all(&self, host: &mut impl Host) -> Vec<StateEntry> {
        let kept = self.kept(host).into_iter();
        let entries = kept.filter_map(|(key, kept)| {
            let (kind, name) = self.entry(&key)?;
            Some(StateEntry { kind: Some(kind.to_owned()), name: Some(name), ..StateEntry::new(kept.entry)? })
        });
        entries.collect()
    }
}
