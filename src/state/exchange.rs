//! Exchange of the user's state with the collector: selects the entries to send, and merges the entries received.

use super::owner::Owner;
use super::stored_entry::{StoredEntry, SyncStatus};
use crate::host::Host;
use crate::stored::V1;
use waymark_wire::state::{ENTRIES, Item, Versioned, check};

/// The number of bytes at which a request gets no further entries: browsers limit the requests of a closing page.
const SYNC_BYTES: usize = 40_000;

/// An upper bound of the bytes that an entry takes in a request beside its value.
const ITEM_BYTES: usize = 250;

/// The entries to send to the collector, and their stored form.
#[derive(Debug, Default)]
pub struct Unsynced {
    /// The entries in the form of the request.
    pub items: Vec<Item>,
    /// The same entries in stored form.
    pub sent: Sent,
}

/// The entries that a request sent: storage keys, each with the stored text.
#[derive(Debug, Default)]
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the entry stored under `key` is unchanged since it was sent.
    fn has(&self, key: &str, kept: &StoredEntry) -> bool {
        self.0.iter().any(|(sent, text)| sent == key && *text == kept.text())
    }
}

impl Owner<'_> {
    /// The entries and removals that the collector does not know yet, as many as fit into one request.
    pub fn unsynced(&self, host: &mut impl Host) -> Unsynced {
        let (mut unsynced, mut bytes) = (Unsynced::default(), 0);
        for (key, kept) in self.kept(host) {
            let Some((kind, name)) = self.entry(&key).filter(|_| kept.sync != SyncStatus::Synced) else { continue };
            if unsynced.items.len() == ENTRIES || bytes > SYNC_BYTES {
                break;
            }
            bytes += ITEM_BYTES + kept.entry.value.as_ref().map_or(0, String::len);
            let text = kept.text();
            unsynced.items.push(Item::new((kind.to_owned(), name), kept.entry));
            unsynced.sent.0.push((key, text));
        }
        unsynced
    }

    /// Merges the collector's reply to a request that sent `sent`. Entries that are unchanged since the request are
    /// replaced by the collector's. Entries that changed since are merged with the collector's. An entry that was set
    /// here after it was removed elsewhere is set again, in the new version.
    pub fn take(&self, items: Vec<Item>, sent: &Sent, host: &mut impl Host) {
        for Item { kind, name, version, at, expires, value } in items {
            let value = value.map(|value| value.get().to_owned());
            if check(&kind, &name, value.as_deref().unwrap_or("0")).is_err() {
                continue;
            }
            let key = self.key(&kind, &name);
            let (at, expires) = (at.unwrap_or_default(), expires.unwrap_or_default());
            let mut entry = Versioned { version, at, expires, value };
            let mut sync = SyncStatus::Synced;
            if let Some(mut own) = self.at(&key, host).filter(|own| own.sync != SyncStatus::Synced) {
                let mut is_changed = !sent.has(&key, &own);
                let own = &mut own.entry;
                if own.version < version && own.value.is_some() && own.at > at {
                    own.version = version;
                    is_changed = true;
                }
                if is_changed && own.version >= version {
                    sync = SyncStatus::Modified;
                    entry = own.clone().merged(entry, &kind);
                }
            }
            self.settle(&key, StoredEntry { v: V1, sync, entry }, host);
        }
        // The collector will never store a sent entry that is missing from its reply.
        for (key, _) in &sent.0 {
            if let Some(kept) = self.at(key, host).filter(|kept| sent.has(key, kept)) {
                self.settle(key, StoredEntry { sync: SyncStatus::Synced, ..kept }, host);
            }
        }
    }

    /// Stores an entry after a reply. A removal that the collector knows is deleted.
    fn settle(&self, key: &str, kept: StoredEntry, host: &mut impl Host) {
        if kept.sync == SyncStatus::Synced && kept.entry.value.is_none() {
            host.remove(key);
        } else {
            self.write(key, &kept, host);
        }
    }
}
