//! The user's state between this browser and the collector: the entries to send, and the collector's entries merged in.

use super::owner::Owner;
use super::stored_entry::{StoredEntry, SyncStatus};
use crate::host::Host;
use crate::stored::V1;
use waymark_wire::state::{ENTRIES, Item, Versioned, check};

/// A request is no longer once it has so many bytes: browsers refuse to send more from a page that goes.
const SYNC_BYTES: usize = 40_000;

/// More than an entry takes in a request beside its value.
const ITEM_BYTES: usize = 250;

/// What is sent to the collector: the entries, and each as it is kept, by its key.
#[derive(Debug, Default)]
pub struct Unsynced {
    /// As they are sent.
    pub items: Vec<Item>,
    /// As they are kept.
    pub sent: Sent,
}

/// What was sent, as it was kept: keys and texts.
#[derive(Debug, Default)]
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether what is kept under `key` is as it was when it was sent.
    fn has(&self, key: &str, kept: &StoredEntry) -> bool {
        self.0.iter().any(|(sent, text)| sent == key && *text == kept.text())
    }
}

impl Owner<'_> {
    /// What the collector does not know yet, as much as one request takes.
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

    /// Takes what the collector has, which was sent what is in `sent`: of that it knows all there is to know, and what has
    /// changed since is merged with what it has. What was set here after it was removed elsewhere is set anew.
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
        // What it has not taken it never will.
        for (key, _) in &sent.0 {
            if let Some(kept) = self.at(key, host).filter(|kept| sent.has(key, kept)) {
                self.settle(key, StoredEntry { sync: SyncStatus::Synced, ..kept }, host);
            }
        }
    }

    /// Keeps an entry that the collector has answered for; a removal that it knows of needs not be kept.
    fn settle(&self, key: &str, kept: StoredEntry, host: &mut impl Host) {
        if kept.sync == SyncStatus::Synced && kept.entry.value.is_none() {
            host.remove(key);
        } else {
            self.write(key, &kept, host);
        }
    }
}
