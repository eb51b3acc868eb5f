//! The stored form of a batch: one entry under [`Key::OUTBOX`], named by site, collector, tab, first event number and
//! number of events. The entry has a checksum of the batch, so that a truncated or edited entry, or one of another
//! version, is recognised as unreadable.

use super::batch::{Batch, MAX_AGE_MS};
use crate::host::{Host, SaveResult};
use crate::identity::pseudonym;
use crate::scope::Scope;
use crate::stored::V1;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;
use waymark_wire::level::{Key, Name};
use waymark_wire::{Contents, Lost};

/// The stored value of an entry.
#[derive(Serialize, Deserialize)]
struct Entry {
    v: V1,
    /// The checksum of the text of `batch`.
    sum: String,
    batch: Box<RawValue>,
}

/// The stored part of a batch; the entry's name has the rest.
#[derive(Serialize, Deserialize)]
struct StoredBatch {
    last: u64,
    made: i64,
    attempts: u32,
    lost: Lost,
    contents: Contents,
}

/// The tab or collector that an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryOwner {
    /// The tab that recorded the batch for the page's site and collector.
    Tab(Uuid),
    /// The page's site, but another collector.
    OtherCollector,
}

/// The owner of the entry with this name; `None` if the entry is not a batch of the site.
pub fn entry_owner(name: &str, scope: &Scope) -> Option<EntryOwner> {
    let name = Name::read(name, &scope.site).filter(|name| name.key == Key::OUTBOX)?;
    let [_, tab, ..] = name.parts;
    Some(if scope.is_of_collector(&name) { EntryOwner::Tab(tab.parse().ok()?) } else { EntryOwner::OtherCollector })
}

/// Stores the batch in the browser and replaces its earlier stored copy. Returns whether the batch is stored.
pub(super) fn keep(batch: &mut Batch, scope: &Scope, host: &mut impl Host) -> bool {
    let name = name(scope, batch, batch.events);
    match host.save(&name, &write(batch), Key::OUTBOX.area, 0) {
        SaveResult::Stored => {}
        // The earlier stored copy stays, possibly with fewer events.
        SaveResult::QuotaExceeded => return false,
        SaveResult::MemoryOnly => {
            // The page's memory has the batch anyway.
            host.remove(&name);
            return false;
        }
    }
    if !batch.is_kept() {
        forget(batch, scope, host);
    }
    batch.kept = Some(batch.events);
    true
}

/// Removes the stored copy of the batch.
pub(super) fn forget(batch: &Batch, scope: &Scope, host: &mut impl Host) {
    if let Some(events) = batch.kept {
        host.remove(&name(scope, batch, events));
    }
}

/// Whether the stored batch is older than [`MAX_AGE_MS`] at `now`, epoch ms, or unreadable.
pub fn is_too_old(value: &str, now: i64) -> bool {
    read_value(value).is_none_or(|batch| now - batch.made > MAX_AGE_MS)
}

/// The name of the batch's entry if it is stored with `events` events.
fn name(scope: &Scope, batch: &Batch, events: u32) -> String {
    let (mut first, mut count) = (itoa::Buffer::new(), itoa::Buffer::new());
    let mut tab = Uuid::encode_buffer();
    let tab = batch.tab.hyphenated().encode_lower(&mut tab);
    scope.name_of(Key::OUTBOX, &[tab, first.format(batch.seq), count.format(events)])
}

fn write(batch: &Batch) -> String {
    let Batch { last, made, attempts, lost, .. } = *batch;
    let contents = batch.contents.clone().unwrap_or_default();
    let written = to_raw_value(&StoredBatch { last, made, attempts, lost, contents });
    let entry = written
        .and_then(|batch| serde_json::to_string(&Entry { v: V1, sum: pseudonym::storage_key(batch.get()), batch }));
    // Serialising numbers, strings and raw JSON cannot fail.
    entry.unwrap_or_default()
}

fn read_value(value: &str) -> Option<StoredBatch> {
    let entry: Entry = serde_json::from_str(value).ok()?;
    let is_whole = entry.sum == pseudonym::storage_key(entry.batch.get());
    if is_whole { serde_json::from_str(entry.batch.get()).ok() } else { None }
}

/// Reads the batch of an entry. An unreadable batch has no contents, and [`Batch::events`] says how many events are
/// lost. `None` if the name does not belong to this site and collector.
pub(super) fn read(name: &str, scope: &Scope, value: &str) -> Option<Batch> {
    let EntryOwner::Tab(tab) = entry_owner(name, scope)? else { return None };
    let [.., first, count] = Name::read(name, &scope.site)?.parts;
    let (seq, events): (u64, u32) = (first.parse().ok()?, count.parse().ok()?);
    let last = (seq + u64::from(events)).saturating_sub(1);
    let mut batch = Batch { tab, seq, events, last, kept: Some(events), ..Batch::default() };
    if let Some(stored) = read_value(value).filter(|stored| stored.contents.len() == events) {
        (batch.last, batch.made, batch.attempts, batch.lost) = (stored.last, stored.made, stored.attempts, stored.lost);
        batch.contents = Some(stored.contents);
    }
    Some(batch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scope;
    use proptest::prelude::*;
    use uuid::uuid;
    use waymark_wire::{BatchBuilder, Context, Lost, Reason};

    /// `events` events in one context.
    fn contents(events: u32) -> Contents {
        let mut contents = BatchBuilder::default();
        contents.set_context(&Context { s_id: Some("1.2".to_owned()), ..Context::default() });
        (0..events).for_each(|time| contents.push(time.into(), "a", RawValue::NULL.to_owned()));
        contents.contents()
    }

    fn batch() -> Batch {
        let mut lost = Lost::default();
        lost.add(Reason::Overflow, 3);
        Batch {
            tab: uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401"),
            seq: 12,
            events: 2,
            last: 20,
            made: 1_553_433_890_150,
            attempts: 1,
            lost,
            contents: Some(contents(2)),
            ..Batch::default()
        }
    }

    #[test]
    fn a_stored_batch_is_read_back() {
        let batch = batch();
        let name = name(&scope(), &batch, batch.events);
        assert_eq!(name, "wm-out.demo.6d006da9.9ef11e58-809f-4d93-855d-22f12c3fd401.12.2");
        assert_eq!(entry_owner(&name, &scope()), Some(EntryOwner::Tab(batch.tab)));
        let read = read(&name, &scope(), &write(&batch)).unwrap();
        assert_eq!(read, Batch { kept: Some(2), ..batch });
    }

    #[test]
    fn batches_of_another_site_or_collector_are_not_read() {
        let (batch, here) = (batch(), scope());
        let name_for = |site, collector| name(&Scope::of(site, collector), &batch, batch.events);
        let moved = name_for("demo", "https://collect.example.org");
        assert_eq!(entry_owner(&moved, &here), Some(EntryOwner::OtherCollector));
        assert_eq!(read(&moved, &here, &write(&batch)), None);
        let others = name_for("demo.eu", "https://collect.example.com");
        assert_eq!((entry_owner(&others, &here), read(&others, &here, &write(&batch))), (None, None));
    }

    #[test]
    fn a_batch_is_too_old_after_a_week_or_if_it_is_unreadable() {
        let (batch, value) = (batch(), write(&batch()));
        assert!(!is_too_old(&value, batch.made + MAX_AGE_MS));
        assert!(is_too_old(&value, batch.made + MAX_AGE_MS + 1));
        for damaged in ["", "x", "x.1", "x.1.y.0", "..."] {
            assert!(is_too_old(damaged, 0), "{damaged}");
        }
    }

    #[test]
    fn a_truncated_or_edited_batch_has_no_contents_but_a_known_number_of_events() {
        let batch = batch();
        let (name, value) = (name(&scope(), &batch, 2), write(&batch));
        let edited = value.replace("1.2", "1.3");
        assert_ne!(edited, value);
        for damaged in ["", "x", &value[..value.len() - 1], &value[1..], &edited] {
            let read = read(&name, &scope(), damaged).unwrap();
            assert_eq!((read.contents, read.events, read.seq), (None, 2, 12), "{damaged}");
        }
    }

    proptest! {
        #[test]
        fn any_name_and_value_can_be_read(name in "(wm-out.demo.6d006da9.)?.{0,40}", value in ".{0,80}") {
            if let Some(batch) = read(&name, &scope(), &value) {
                prop_assert_eq!(batch.contents, None);
            }
            let _ = is_too_old(&value, i64::MAX);
        }
    }
}
