//! The stored form of a state entry, with its sync status.

use crate::stored::V1;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use waymark_wire::state::Versioned;

/// The sync status of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum SyncStatus {
    /// The collector does not know the entry.
    LocalOnly,
    /// The collector has an earlier version of the entry.
    Modified,
    /// The collector has the entry, or the entry was sent to it.
    Synced,
}

impl SyncStatus {
    /// The status after a change of the entry.
    pub(super) fn changed(self) -> SyncStatus {
        if self == SyncStatus::LocalOnly { SyncStatus::LocalOnly } else { SyncStatus::Modified }
    }
}

/// A stored entry. A removal that the collector does not know yet is an entry without a value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "StoredFields", into = "StoredFields")]
pub(super) struct StoredEntry {
    pub(super) v: V1,
    pub(super) sync: SyncStatus,
    pub(super) entry: Versioned,
}

#[derive(Serialize, Deserialize)]
struct StoredFields {
    v: V1,
    sync: SyncStatus,
    version: u32,
    at: i64,
    expires: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
}

impl From<StoredFields> for StoredEntry {
    fn from(StoredFields { v, sync, version, at, expires, value }: StoredFields) -> Self {
        let value = value.map(|value| value.get().to_owned());
        StoredEntry { v, sync, entry: Versioned { version, at, expires, value } }
    }
}

impl From<StoredEntry> for StoredFields {
    fn from(StoredEntry { v, sync, entry }: StoredEntry) -> Self {
        let Versioned { version, at, expires, value } = entry;
        let value = value.and_then(|value| RawValue::from_string(value).ok());
        StoredFields { v, sync, version, at, expires, value }
    }
}

impl StoredEntry {
    pub(super) fn text(&self) -> String {
        // Serialising numbers and raw JSON cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
