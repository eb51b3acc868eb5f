//! A batch as it is kept in the browser, an entry each: `wm-out-<tab>.<first number>.<events>`, and under it
//! `<mark>.<last number>.<when>.<attempts>.<losses>.` and what is in the batch. The mark is a sum over the rest: what was
//! cut short, edited, or written by another version is not taken for a batch.

use super::Batch;
use crate::hash;
use waymark_wire::level::Key;
use waymark_wire::text::{next_part, parse_int};
use waymark_wire::{json, limits};

/// What the entries of a tab begin with; of all tabs, where `tab` is empty.
pub fn prefix(tab: &str) -> String {
    let mut name = String::from(Key::OUTBOX.name);
    name.push_str("-");
    name.push_str(tab);
    name
}

/// The tab whose entry that is.
pub fn tab(name: &str) -> &str {
    let mut rest = name.get(Key::OUTBOX.name.len() + 1..).unwrap_or_default();
    next_part(&mut rest, b'.')
}

/// The name of a batch's entry when it had so many events.
pub(super) fn name(batch: &Batch, events: u32) -> String {
    let mut name = prefix(&batch.tab);
    for number in [batch.seq as i64, events.into()] {
        name.push_str(".");
        json::push_int(&mut name, number);
    }
    name
}

pub(super) fn write(batch: &Batch) -> String {
    let mut rest = String::with_capacity(batch.sealed.len() + 80);
    for number in [batch.last as i64, batch.made, batch.attempts.into()] {
        json::push_int(&mut rest, number);
        rest.push_str(".");
    }
    batch.lost.push(&mut rest);
    rest.push_str(".");
    rest.push_str(&batch.sealed);
    let mut value = hash::mark(&rest);
    value.push_str(".");
    value.push_str(&rest);
    value
}

/// The batch of that entry. One that cannot be read has no content, and [`Batch::events`] says how many are lost;
/// nothing where the name makes no sense.
pub(super) fn read(name: &str, value: &str) -> Option<Batch> {
    let mut rest = name.get(Key::OUTBOX.name.len() + 1..)?;
    let tab = next_part(&mut rest, b'.').to_owned();
    let seq = parse_int(next_part(&mut rest, b'.'))?.unsigned_abs();
    let events = parse_int(rest).filter(|events| (0..=limits::BATCH_EVENTS as i64).contains(events))? as u32;
    let mut batch = Batch {
        tab,
        seq,
        events,
        kept: Some(events),
        last: (seq + u64::from(events)).saturating_sub(1),
        ..Batch::EMPTY
    };
    let mut rest = value;
    if next_part(&mut rest, b'.') == hash::mark(rest) {
        let mut number = || parse_int(next_part(&mut rest, b'.')).unwrap_or_default();
        batch.last = number().unsigned_abs();
        batch.made = number();
        batch.attempts = number() as u32;
        batch.lost.read(next_part(&mut rest, b'.'));
        batch.sealed = rest.to_owned();
    }
    Some(batch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use waymark_wire::{Lost, Reason};

    fn batch() -> Batch {
        let mut lost = Lost::NONE;
        lost.add(Reason::Overflow, 3);
        Batch {
            tab: "9ef11e58-809f-4d93-855d-22f12c3fd401".to_owned(),
            seq: 12,
            events: 2,
            last: 20,
            made: 1_553_433_890_150,
            attempts: 1,
            lost,
            sealed: ",\"contexts\":[{\"a.b\":\"1.2\"}],\"events\":[{},{}]}".to_owned(),
            ..Batch::EMPTY
        }
    }

    #[test]
    fn what_was_kept_is_read_back() {
        let batch = batch();
        let name = name(&batch, batch.events);
        assert_eq!(name, "wm-out-9ef11e58-809f-4d93-855d-22f12c3fd401.12.2");
        assert_eq!(tab(&name), batch.tab);
        let read = read(&name, &write(&batch)).unwrap();
        assert_eq!(read, Batch { kept: Some(2), ..batch });
    }

    #[test]
    fn what_was_cut_short_or_edited_is_no_batch_but_known_to_be_lost() {
        let batch = batch();
        let (name, value) = (name(&batch, 2), write(&batch));
        let edited = value.replace("1.2", "1.3");
        for damaged in ["", "x", &value[..value.len() - 1], &value[1..], &edited] {
            let read = read(&name, damaged).unwrap();
            assert_eq!((read.sealed.as_str(), read.events, read.seq), ("", 2, 12), "{damaged}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_stands_there_breaks_it(name in "(wm-out-)?.{0,40}", value in ".{0,80}") {
            if let Some(batch) = read(&name, &value) {
                prop_assert_eq!(batch.sealed, "");
            }
            let _ = tab(&name);
        }
    }
}
