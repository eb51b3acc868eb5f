//! A batch as it is kept in the browser, an entry each. Its name is [`Key::OUTBOX`]'s, by site, collector, tab, first number
//! and events; under it stands `<mark>.<last number>.<when>.<attempts>.<losses>.` and what is in the batch. The mark is a sum
//! over the rest: what was cut short, edited, or written by another version is not taken for a batch.

use super::{Batch, MOST_AGE_MS};
use crate::hash;
use crate::scope::Scope;
use waymark_wire::json;
use waymark_wire::level::{Key, Name};
use waymark_wire::text::{next_part, parse_int};

/// Whose an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'n> {
    /// What this tab recorded, for the same site and collector.
    Tab(&'n str),
    /// The same site's, for a collector that the page knows nothing of.
    OtherCollector,
}

/// Whose entry it is that has this name; nothing where it is none of the site's.
pub fn whose<'n>(name: &'n str, scope: &Scope) -> Option<Whose<'n>> {
    let name = Name::read(name, &scope.site).filter(|name| name.key == Key::OUTBOX)?;
    let [_, tab, ..] = name.parts;
    Some(if scope.is_of_collector(&name) { Whose::Tab(tab) } else { Whose::OtherCollector })
}

/// Whether the batch was made too long ago, whatever is in it; one that does not say when it was made, too.
pub fn is_too_old(value: &str, now: i64) -> bool {
    let mut rest = value;
    let [_mark, _last, made] = [(); 3].map(|()| next_part(&mut rest, b'.'));
    parse_int(made).is_none_or(|made| now - made > MOST_AGE_MS)
}

/// The name of a batch's entry when it had so many events.
pub(super) fn name(scope: &Scope, batch: &Batch, events: u32) -> String {
    let [mut first, mut count] = [String::new(), String::new()];
    json::push_int(&mut first, batch.seq as i64);
    json::push_int(&mut count, events.into());
    scope.name_of(Key::OUTBOX, &[&batch.tab, &first, &count])
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
/// nothing where the name is no entry's of this site and collector.
pub(super) fn read(name: &str, scope: &Scope, value: &str) -> Option<Batch> {
    let Whose::Tab(tab) = whose(name, scope)? else { return None };
    let [.., first, count] = Name::read(name, &scope.site)?.parts;
    let seq = parse_int(first)?.unsigned_abs();
    let events = parse_int(count)? as u32;
    let mut batch = Batch {
        tab: tab.to_owned(),
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
    use crate::testing::scope;
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
        let name = name(&scope(), &batch, batch.events);
        assert_eq!(name, "wm-out.demo.6d006da9.9ef11e58-809f-4d93-855d-22f12c3fd401.12.2");
        assert_eq!(whose(&name, &scope()), Some(Whose::Tab(&batch.tab)));
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
        assert!(!is_too_old(&value, batch.made + MOST_AGE_MS));
        assert!(is_too_old(&value, batch.made + MOST_AGE_MS + 1));
        for damaged in ["", "x", "x.1", "x.1.y.0", "..."] {
            assert!(is_too_old(damaged, 0), "{damaged}");
        }
    }

    #[test]
    fn what_was_cut_short_or_edited_is_no_batch_but_known_to_be_lost() {
        let batch = batch();
        let (name, value) = (name(&scope(), &batch, 2), write(&batch));
        let edited = value.replace("1.2", "1.3");
        for damaged in ["", "x", &value[..value.len() - 1], &value[1..], &edited] {
            let read = read(&name, &scope(), damaged).unwrap();
            assert_eq!((read.sealed.as_str(), read.events, read.seq), ("", 2, 12), "{damaged}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_stands_there_breaks_it(name in "(wm-out.demo.6d006da9.)?.{0,40}", value in ".{0,80}") {
            if let Some(batch) = read(&name, &scope(), &value) {
                prop_assert_eq!(batch.sealed, "");
            }
            let _ = is_too_old(&value, i64::MAX);
        }
    }
}
