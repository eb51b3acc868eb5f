//! A batch as it is kept in the browser, an entry each: under [`Key::OUTBOX`], by site, collector, tab, first number and
//! events. A sum over the batch stands beside it: what was cut short, edited, or written by another version is not taken for
//! a batch.

use super::batch::{Batch, MAX_AGE_MS};
use crate::host::{Host, Kept};
use crate::identity::pseudonym;
use crate::scope::Scope;
use crate::stored::V1;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;
use waymark_wire::level::{Key, Name};
use waymark_wire::{Contents, Lost};

/// What stands under an entry's name.
#[derive(Serialize, Deserialize)]
struct Entry {
    v: V1,
    /// The sum over `batch` as it is written.
    sum: String,
    batch: Box<RawValue>,
}

/// What is kept of a batch beside its name.
#[derive(Serialize, Deserialize)]
struct StoredBatch {
    last: u64,
    made: i64,
    attempts: u32,
    lost: Lost,
    contents: Contents,
}

/// Whose an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// What this tab recorded, for the same site and collector.
    Tab(Uuid),
    /// The same site's, for a collector that the page knows nothing of.
    OtherCollector,
}

/// Whose entry it is that has this name; nothing where it is none of the site's.
pub fn whose(name: &str, scope: &Scope) -> Option<Whose> {
    let name = Name::read(name, &scope.site).filter(|name| name.key == Key::OUTBOX)?;
    let [_, tab, ..] = name.parts;
    Some(if scope.is_of_collector(&name) { Whose::Tab(tab.parse().ok()?) } else { Whose::OtherCollector })
}

/// Keeps the batch in the browser, in place of what it was when it was kept before. Says whether the browser does.
pub(super) fn keep(batch: &mut Batch, scope: &Scope, host: &mut impl Host) -> bool {
    let name = name(scope, batch, batch.events);
    match host.save(&name, &write(batch), Key::OUTBOX.place, 0) {
        Kept::Stored => {}
        // What was kept under that name before stays: the batch may have been kept with fewer events.
        Kept::Full => return false,
        Kept::ForThePage => {
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

/// Takes the batch out of the browser.
pub(super) fn forget(batch: &Batch, scope: &Scope, host: &mut impl Host) {
    if let Some(events) = batch.kept {
        host.remove(&name(scope, batch, events));
    }
}

/// Whether the batch was made too long ago; one that cannot be read, too.
pub fn is_too_old(value: &str, now: i64) -> bool {
    read_value(value).is_none_or(|batch| now - batch.made > MAX_AGE_MS)
}

/// The name of a batch's entry when it had so many events.
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
    // Numbers, texts and raw JSON can always be written.
    entry.unwrap_or_default()
}

fn read_value(value: &str) -> Option<StoredBatch> {
    let entry: Entry = serde_json::from_str(value).ok()?;
    let is_whole = entry.sum == pseudonym::storage_key(entry.batch.get());
    if is_whole { serde_json::from_str(entry.batch.get()).ok() } else { None }
}

/// The batch of that entry. One that cannot be read has no contents, and [`Batch::events`] says how many are lost;
/// `None` where the name is no entry's of this site and collector.
pub(super) fn read(name: &str, scope: &Scope, value: &str) -> Option<Batch> {
    let Whose::Tab(tab) = whose(name, scope)? else { return None };
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

    /// So many events in one context.
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
    fn what_was_kept_is_read_back() {
        let batch = batch();
        let name = name(&scope(), &batch, batch.events);
        assert_eq!(name, "wm-out.demo.6d006da9.9ef11e58-809f-4d93-855d-22f12c3fd401.12.2");
        assert_eq!(whose(&name, &scope()), Some(Whose::Tab(batch.tab)));
        let read = read(&name, &scope(), &write(&batch)).unwrap();
        assert_eq!(read, Batch { kept: Some(2), ..batch });
    }

    #[test]
    fn what_is_for_another_collector_or_of_another_site_is_no_batch_here() {
        let (batch, here) = (batch(), scope());
        let name_for = |site, collector| name(&Scope::of(site, collector), &batch, batch.events);
        let moved = name_for("demo", "https://collect.example.org");
        assert_eq!(whose(&moved, &here), Some(Whose::OtherCollector));
        assert_eq!(read(&moved, &here, &write(&batch)), None);
        let others = name_for("demo.eu", "https://collect.example.com");
        assert_eq!((whose(&others, &here), read(&others, &here, &write(&batch))), (None, None));
    }

    #[test]
    fn a_batch_is_too_old_after_a_week_and_when_it_does_not_say() {
        let (batch, value) = (batch(), write(&batch()));
        assert!(!is_too_old(&value, batch.made + MAX_AGE_MS));
        assert!(is_too_old(&value, batch.made + MAX_AGE_MS + 1));
        for damaged in ["", "x", "x.1", "x.1.y.0", "..."] {
            assert!(is_too_old(damaged, 0), "{damaged}");
        }
    }

    #[test]
    fn what_was_cut_short_or_edited_is_no_batch_but_known_to_be_lost() {
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
        fn nothing_that_stands_there_breaks_it(name in "(wm-out.demo.6d006da9.)?.{0,40}", value in ".{0,80}") {
            if let Some(batch) = read(&name, &scope(), &value) {
                prop_assert_eq!(batch.contents, None);
            }
            let _ = is_too_old(&value, i64::MAX);
        }
    }
}
