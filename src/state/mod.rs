//! What the site remembers of its user: how far in walk-thrus, tasks and courses, which auto-play rules have run, which
//! goals were reached, and the site's own named values. One key for each, so that two tabs never overwrite each other's;
//! read from the browser at each call, so that what another tab has changed is seen. Never here: the user's ID, only a
//! hash of it.

use crate::call_error::CallError;
use crate::host::{Host, Kept as Stored};
use crate::scope::Scope;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use waymark_wire::level::{Key, Name, Place, swap_dots};
use waymark_wire::state::{DAY_MS, DAYS, ENTRIES, Item, Recorded, Versioned, check};

/// A request is no longer once it has so many bytes: browsers refuse to send more from a page that goes.
const SYNC_BYTES: usize = 40_000;

/// More than an entry takes in a request beside its value.
const ITEM_BYTES: usize = 250;

/// Whose state, and where it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The site.
    pub scope: &'a Scope,
    /// The user's storage key.
    pub mark: &'a str,
    /// localStorage or cookies.
    pub place: Place,
}

/// The event that a change records.
#[derive(Debug)]
pub struct Change {
    /// Its verb.
    pub verb: &'static str,
    /// Its data.
    pub data: Box<RawValue>,
    /// `<type>:<number>` of guidance content, else empty.
    pub content: String,
}

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
    fn key(&self, kind: &str, name: &str) -> String {
        self.scope.name_of(Key::STATE, &[self.mark, kind, &swap_dots(name)])
    }

    /// The kind and the name of the entry that is kept under the key.
    fn entry<'k>(&self, key: &'k str) -> Option<(&'k str, String)> {
        let [mark, kind, name, _] = Name::read(key, &self.scope.site)?.parts;
        (mark == self.mark).then(|| (kind, swap_dots(name)))
    }

    /// What is remembered, unless it has expired.
    pub fn get(&self, kind: &str, name: &str, host: &mut impl Host) -> Option<StateEntry> {
        StateEntry::new(self.at(&self.key(kind, name), host)?.entry)
    }

    /// What is kept under the key: a removal too, where the collector does not know of it.
    fn at(&self, key: &str, host: &mut impl Host) -> Option<StoredEntry> {
        let kept: StoredEntry = stored::load(key, self.place, 0, host)?;
        if kept.entry.expires <= host.now() {
            host.remove(key);
            return None;
        }
        Some(kept)
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
        if self.put(&key, before, entry, host) == Stored::Full {
            return Err(CallError::StateFull);
        }
        Ok(is_change.then_some(change))
    }

    /// Keeps the entry in the place of what is kept there.
    fn put(&self, key: &str, before: Option<StoredEntry>, mut entry: Versioned, host: &mut impl Host) -> Stored {
        let mut sync = SyncStatus::LocalOnly;
        if let Some(before) = before {
            entry.version = before.entry.version;
            sync = before.sync.changed();
        }
        self.write(key, &StoredEntry { v: V1, sync, entry }, host)
    }

    fn write(&self, key: &str, kept: &StoredEntry, host: &mut impl Host) -> Stored {
        let text = kept.text();
        if host.load(key, self.place, 0).as_deref() == Some(&*text) {
            return Stored::Stored;
        }
        let days = (kept.entry.expires - host.now()) / DAY_MS + 1;
        host.save(key, &text, self.place, days as u32)
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

    /// All that is kept, with its key, removals included.
    fn kept(&self, host: &mut impl Host) -> Vec<(String, StoredEntry)> {
        let keys = host.names(&self.scope.prefix(Key::STATE, &[self.mark])).into_iter();
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
            if other.put(&at, theirs, own, host) != Stored::Full {
                host.remove(&key);
            }
        }
    }

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

/// What the collector knows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum SyncStatus {
    /// Nothing: it is this browser's alone.
    LocalOnly,
    /// It has it as it was before it changed.
    Modified,
    /// It has it, or was sent it.
    Synced,
}

impl SyncStatus {
    /// What it knows once the entry has changed.
    fn changed(self) -> SyncStatus {
        if self == SyncStatus::LocalOnly { SyncStatus::LocalOnly } else { SyncStatus::Modified }
    }
}

/// An entry as it is kept. A removal that the collector does not know of has no value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "StoredFields", into = "StoredFields")]
struct StoredEntry {
    v: V1,
    sync: SyncStatus,
    entry: Versioned,
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
    fn text(&self) -> String {
        // Numbers and raw JSON can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Whether there can be an entry of that kind and name: as they are given, no part of either is taken for anything else.
///
/// # Errors
/// Which of both it is.
pub fn check_entry(kind: &str, name: &str) -> Result<(), CallError> {
    // Every kind takes the number 1 as a name, and 0 as a value.
    if check(kind, "1", "0").is_err() {
        Err(CallError::StateKind)
    } else if check(kind, name, "0").is_ok() {
        Ok(())
    } else {
        Err(if kind == "data" { CallError::StateName } else { CallError::StateNumber })
    }
}

/// The data of the event that a change is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeData<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    o_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    o_actual_sub_object: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a RawValue>,
}

/// The event that a change is.
///
/// # Errors
/// What is wrong with kind, name or value.
fn change(kind: &str, name: &str, value: &str) -> Result<Change, CallError> {
    check_entry(kind, name)?;
    let Ok(Recorded { code, verb, number }) = check(kind, name, value) else {
        return Err(match value.parse::<i64>() {
            _ if kind == "data" => CallError::StateSize,
            Ok(_) => CallError::StateRange,
            Err(_) => CallError::StateValue,
        });
    };
    let raw: &RawValue = serde_json::from_str(value).map_err(|_| CallError::NotJson)?;
    let mut data = ChangeData { kind: code, name: None, o_id: None, o_actual_sub_object: None, value: Some(raw) };
    let mut content = String::new();
    match number {
        None => data.name = Some(name),
        Some(number) => {
            data.o_id = name.parse().ok();
            if kind == "walkthru" {
                (data.o_actual_sub_object, data.value) = (Some(number), None);
            }
            content = [code, ":", name].concat();
        }
    }
    let data = to_raw_value(&data).map_err(|_| CallError::NotJson)?;
    Ok(Change { verb, data, content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static SCOPE: LazyLock<Scope> = LazyLock::new(scope);
    static ANN: LazyLock<Owner<'_>> = LazyLock::new(|| Owner { scope: &SCOPE, mark: "1", place: Place::Local });
    static BEN: LazyLock<Owner<'_>> = LazyLock::new(|| Owner { scope: &SCOPE, mark: "2", place: Place::Local });

    fn value(owner: &Owner<'_>, kind: &str, name: &str, host: &mut MemoryHost) -> Option<String> {
        owner.get(kind, name, host).map(|entry| entry.value.get().to_owned())
    }

    #[test]
    fn what_was_set_is_got_by_its_user_only_until_it_expires_or_is_removed() {
        let host = &mut MemoryHost::default();
        ANN.set("walkthru", "7", "3", 1, host).unwrap();
        ANN.set("data", "colour", "\"red\"", 2, host).unwrap();
        assert_eq!(value(&ANN, "walkthru", "7", host).as_deref(), Some("3"));
        assert_eq!(value(&BEN, "walkthru", "7", host), None);
        assert_eq!(
            serde_json::to_string(&ANN.all(host)).unwrap(),
            r#"[{"kind":"data","name":"colour","value":"red","at":0,"expires":172800000},{"kind":"walkthru","name":"7","value":3,"at":0,"expires":86400000}]"#
        );
        host.now = DAY_MS;
        assert_eq!(value(&ANN, "walkthru", "7", host), None);
        ANN.remove("data", "colour", host);
        assert!(ANN.all(host).is_empty());
        assert!(host.stored.is_empty(), "{:?}", host.stored);
    }

    #[test]
    fn a_change_is_an_event_and_what_is_none_is_not() {
        let host = &mut MemoryHost::default();
        let mut set = |kind, name, value| ANN.set(kind, name, value, 365, host).unwrap();
        for (kind, value, verb, data) in [
            ("walkthru", "3", "step", r#"{"type":"wt","oId":7,"oActualSubObject":3}"#),
            ("autoplay", "1", "autoplay", r#"{"type":"autoplay","oId":7,"value":1}"#),
            ("goal", "1", "goal", r#"{"type":"goal","oId":7,"value":1}"#),
            ("task", "1", "play", r#"{"type":"task","oId":7,"value":1}"#),
            ("task", "2", "complete", r#"{"type":"task","oId":7,"value":2}"#),
            ("course", "40", "progress", r#"{"type":"course","oId":7,"value":40}"#),
            ("course", "100", "complete", r#"{"type":"course","oId":7,"value":100}"#),
        ] {
            let change = set(kind, "7", value).unwrap();
            assert_eq!((change.verb, change.data.get()), (verb, data));
            assert!(change.content.ends_with(":7"));
            assert!(set(kind, "7", value).is_none(), "the same again");
        }
        let saved = set("data", "colour", "{\"r\":1}").unwrap();
        assert_eq!((saved.verb, saved.data.get()), ("save", r#"{"type":"data","name":"colour","value":{"r":1}}"#));
    }

    #[test]
    fn what_cannot_be_kept_is_refused_in_words() {
        let host = &mut MemoryHost::default();
        let long = "x".repeat(65);
        let large = format!("\"{}\"", "x".repeat(1_000));
        for (kind, name, value, why) in [
            ("tour", "7", "1", CallError::StateKind),
            ("data", "a b", "1", CallError::StateName),
            ("data", &long, "1", CallError::StateName),
            ("data", "", "1", CallError::StateName),
            ("data", "a", &large, CallError::StateSize),
            ("data", "a", "", CallError::StateSize),
            ("task", "07", "1", CallError::StateNumber),
            ("task", "seven", "1", CallError::StateNumber),
            ("task", "7", "\"1\"", CallError::StateValue),
            ("task", "7", "3", CallError::StateRange),
            ("course", "7", "101", CallError::StateRange),
            ("goal", "7", "-1", CallError::StateRange),
        ] {
            assert_eq!(ANN.set(kind, name, value, 365, host).unwrap_err(), why, "{kind} {name}");
        }
        assert!(host.stored.is_empty());
    }

    #[test]
    fn where_there_is_no_room_the_old_value_stays() {
        let host = &mut MemoryHost::default();
        ANN.set("task", "7", "1", 365, host).unwrap();
        host.is_full = true;
        assert_eq!(ANN.set("task", "7", "2", 365, host).unwrap_err(), CallError::StateFull);
        assert_eq!(value(&ANN, "task", "7", host).as_deref(), Some("1"));
    }

    #[test]
    fn what_was_edited_by_hand_is_nothing() {
        let host = &mut MemoryHost::default();
        for edited in ["", "x", "1.x.2", "1", ".."] {
            host.stored.insert("wm-state.demo.1.task.7".to_owned(), edited.to_owned());
            assert!(ANN.get("task", "7", host).is_none(), "{edited}");
        }
        assert!(ANN.all(host).is_empty());
    }

    proptest! {
        /// Whoever logs in keeps what was further, of whichever of both.
        #[test]
        fn a_merge_never_goes_back(
            anonymous in prop::collection::btree_map("walkthru|autoplay|goal|task|course", 0..3i64, 0..5),
            known in prop::collection::btree_map("walkthru|autoplay|goal|task|course", 0..3i64, 0..5),
            later in 0..1_000i64,
        ) {
            let host = &mut MemoryHost::default();
            for (kind, number) in &anonymous {
                ANN.set(kind, "7", &number.to_string(), 10, host).unwrap();
            }
            host.now = later;
            for (kind, number) in &known {
                BEN.set(kind, "7", &number.to_string(), 10, host).unwrap();
            }
            ANN.merge_into(&BEN, host);
            // Again changes nothing.
            let once = host.stored.clone();
            ANN.merge_into(&BEN, host);
            prop_assert_eq!(&once, &host.stored);
            prop_assert!(ANN.all(host).is_empty());
            for kind in ["walkthru", "autoplay", "goal", "task", "course"] {
                let merged = value(&BEN, kind, "7", host).map(|value| value.parse::<i64>().unwrap());
                prop_assert_eq!(merged, anonymous.get(kind).copied().max(known.get(kind).copied()));
                if let (Some(_), Some(entry)) = (anonymous.get(kind), BEN.get(kind, "7", host)) {
                    prop_assert_eq!(entry.at, 0, "what was first stays first");
                }
            }
        }
    }

    #[test]
    fn of_the_site_s_own_values_the_later_stays() {
        let host = &mut MemoryHost::default();
        ANN.set("data", "a", "1", 10, host).unwrap();
        host.now = 5;
        BEN.set("data", "a", "2", 10, host).unwrap();
        BEN.set("data", "b", "2", 10, host).unwrap();
        host.now = 9;
        ANN.set("data", "b", "3", 10, host).unwrap();
        ANN.merge_into(&BEN, host);
        assert_eq!(value(&BEN, "data", "a", host).as_deref(), Some("2"));
        assert_eq!(value(&BEN, "data", "b", host).as_deref(), Some("3"));
    }
}
