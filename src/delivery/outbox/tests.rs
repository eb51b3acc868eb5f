use super::reply::Outcome;
use super::*;
use crate::delivery::Response;
use crate::delivery::batch::MAX_AGE_MS;
use crate::testing::{MemoryHost, scope};

use serde_json::value::RawValue;
use uuid::uuid;
use waymark_wire::{BatchBuilder, Context};

const TAB: Uuid = uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401");
const OTHER: Uuid = uuid!("2c050339-56e3-4320-98be-5c9dd93e915b");
const REQUEST: Uuid = uuid!("c56a4180-65aa-42ec-a945-5fd21dec0538");

/// `events` events with `bytes` bytes of data each.
fn contents(events: u32, bytes: usize) -> Contents {
    let mut contents = BatchBuilder::default();
    contents.set_context(&Context { s_id: Some("s".to_owned()), ..Context::default() });
    let data = RawValue::from_string(format!("\"{}\"", "x".repeat(bytes))).unwrap();
    (0..events).for_each(|time| contents.push(time.into(), "a", data.clone()));
    contents.contents()
}

fn batch(tab: Uuid, seq: u64, events: u32, bytes: usize) -> Batch {
    Batch { tab, seq, events, contents: Some(contents(events, bytes)), ..Batch::default() }
}

/// An outbox of a page, with its host and losses.
struct Fixture {
    outbox: Outbox,
    host: MemoryHost,
    lost: Lost,
    random: u32,
}

fn fixture(batches: u64) -> Fixture {
    let mut fixture =
        Fixture { outbox: Outbox::default(), host: MemoryHost::default(), lost: Lost::default(), random: u32::MAX };
    (0..batches).for_each(|seq| fixture.enqueue(seq, 1, 1));
    fixture
}

impl Fixture {
    fn enqueue(&mut self, seq: u64, events: u32, bytes: usize) {
        let own = Own { scope: &scope(), tab: TAB, lost: &mut self.lost, unreturned: &mut Lost::default() };
        self.outbox.enqueue(batch(TAB, seq, events, bytes), own, &mut self.host);
    }

    fn next(&mut self, leaving: bool) -> Option<u64> {
        let batch = self.outbox.next(self.host.now, leaving)?;
        batch.request = REQUEST;
        Some(batch.seq)
    }

    /// Answers the oldest batch in flight.
    fn answer(&mut self, status: u16, retry_after: u32, body: &str) -> Outcome {
        let number = self.outbox.batches.iter().find(|batch| batch.in_flight).unwrap().number;
        let response = Response { status, retry_after, body };
        let own = Own { scope: &scope(), tab: TAB, lost: &mut self.lost, unreturned: &mut Lost::default() };
        self.outbox.on_reply(number, response, self.random, own, &mut self.host)
    }

    fn acknowledge(&mut self) -> Outcome {
        self.answer(200, 0, &format!(r#"{{"request":"{REQUEST}","upto":0}}"#))
    }

    fn keep(&mut self) {
        self.outbox.keep(None, &scope(), &mut self.host);
    }

    /// The next page, which takes over the batches that `tab` left.
    fn next_page(self, tab: Uuid) -> Fixture {
        let Fixture { mut host, mut lost, random, .. } = self;
        let mut outbox = Outbox::default();
        let own = Own { scope: &scope(), tab: TAB, lost: &mut lost, unreturned: &mut Lost::default() };
        outbox.take_over(tab, u64::MAX, own, &mut host);
        Fixture { outbox, host, lost, random }
    }

    fn kept(&self) -> Vec<&str> {
        self.host.stored.keys().map(String::as_str).collect()
    }
}

#[test]
fn batches_are_sent_one_at_a_time_and_in_order() {
    let mut fixture = fixture(2);
    assert_eq!((fixture.next(false), fixture.next(false)), (Some(0), None));
    assert_eq!(fixture.acknowledge(), Outcome::Delivered);
    assert_eq!(fixture.next(false), Some(1));
}

#[test]
fn a_closing_page_sends_as_much_as_browsers_allow() {
    let mut fixture = fixture(0);
    (0..4).for_each(|seq| fixture.enqueue(seq, 1, 25_000));
    assert_eq!(fixture.next(false), Some(0));
    assert_eq!((fixture.next(true), fixture.next(true)), (Some(1), None));
}

#[test]
fn an_unacknowledged_batch_is_retried_after_a_wait() {
    let mut fixture = fixture(1);
    fixture.next(false);
    assert_eq!(fixture.answer(503, 0, ""), Outcome::Postponed);
    assert_eq!(fixture.next(false), None);
    fixture.host.now = fixture.outbox.due_at().unwrap();
    assert_eq!(fixture.next(false), Some(0));
    assert_eq!(fixture.outbox.batches[0].attempts, 2);
    assert!(fixture.lost.is_empty());
}

#[test]
fn a_reply_that_does_not_repeat_the_request_guid_is_ignored() {
    let mut fixture = fixture(1);
    fixture.next(false);
    assert_eq!(fixture.answer(200, 0, "<title>Welcome to our wireless network</title>"), Outcome::Postponed);
    assert_eq!(fixture.outbox.len(), 1);
}

#[test]
fn a_closing_page_ends_the_wait_unless_the_collector_asked_for_it() {
    for (retry_after, sent) in [(0, Some(0)), (60, None)] {
        let mut fixture = fixture(1);
        fixture.keep();
        fixture.next(false);
        fixture.answer(503, retry_after, "");
        assert_eq!(fixture.next(true), sent, "{retry_after}");
    }
    // A batch that is not stored is lost with the page, so it is sent all the same.
    let mut fixture = fixture(1);
    fixture.next(false);
    fixture.answer(503, 60, "");
    assert_eq!(fixture.next(true), Some(0));
}

#[test]
fn a_batch_that_can_never_succeed_is_dropped_and_counted() {
    for status in [400, 401, 403, 413] {
        let mut fixture = fixture(2);
        fixture.next(false);
        assert_eq!(fixture.answer(status, 0, ""), Outcome::Refused, "{status}");
        assert_eq!(fixture.lost.count(Reason::Refused), 1);
        assert_eq!(fixture.next(false), Some(1), "the rest goes on");
    }
}

#[test]
fn events_that_the_collector_rejected_are_counted() {
    let mut fixture = fixture(0);
    fixture.enqueue(0, 3, 1);
    fixture.next(false);
    let reply = format!(r#"{{"request":"{REQUEST}","stored":2,"rejected":[{{"index":1,"seq":1,"why":""}}],"upto":3}}"#);
    assert_eq!(fixture.answer(200, 0, &reply), Outcome::PartiallyRejected);
    assert_eq!((fixture.lost.count(Reason::Refused), fixture.outbox.len()), (1, 0));
}

#[test]
fn a_batch_that_is_too_large_is_split_in_its_place() {
    let mut fixture = fixture(0);
    fixture.enqueue(10, 3, 1);
    fixture.enqueue(13, 1, 1);
    fixture.keep();
    fixture.next(false);
    assert_eq!(fixture.answer(413, 0, ""), Outcome::Delivered);
    let halves =
        fixture.outbox.batches.iter().map(|batch| (batch.seq, batch.events, batch.contents.as_ref().unwrap().len()));
    assert_eq!(halves.collect::<Vec<_>>(), [(10, 1, 1), (11, 2, 2), (13, 1, 1)]);
    let names = [".10.1", ".11.2", ".13.1"].map(|end| format!("wm-out.demo.6d006da9.{TAB}{end}"));
    assert_eq!(fixture.kept(), names);
}

#[test]
fn a_batch_that_causes_server_errors_moves_behind_the_others() {
    let mut fixture = fixture(2);
    for _ in 0..3 {
        assert_eq!(fixture.next(false), Some(0));
        fixture.answer(500, 0, "");
        fixture.host.now = fixture.outbox.due_at().unwrap();
    }
    assert_eq!(fixture.next(false), Some(1));
}

#[test]
fn a_batch_older_than_a_week_is_dropped_after_one_more_failure() {
    let mut fixture = fixture(1);
    fixture.host.now = MAX_AGE_MS + 1;
    fixture.next(false);
    fixture.answer(0, 0, "");
    assert_eq!((fixture.lost.count(Reason::Expired), fixture.outbox.len()), (1, 0));
}

#[test]
fn withdrawn_batches_are_counted_and_not_sent_again() {
    let mut fixture = fixture(3);
    fixture.next(false);
    fixture.outbox.withdraw(Own {
        scope: &scope(),
        tab: TAB,
        lost: &mut fixture.lost,
        unreturned: &mut Lost::default(),
    });
    assert_eq!((fixture.lost.count(Reason::Withdrawn), fixture.outbox.len()), (2, 1));
    assert_eq!(fixture.answer(503, 0, ""), Outcome::Postponed);
    fixture.host.now = i64::MAX - 1;
    assert_eq!((fixture.lost.count(Reason::Withdrawn), fixture.next(true)), (3, None));
}

#[test]
fn the_oldest_batches_are_dropped_and_counted_when_there_is_no_room() {
    let mut fixture = fixture(0);
    (0..20).for_each(|seq| fixture.enqueue(seq, 1, 30_000));
    assert_eq!(fixture.lost.count(Reason::Overflow), 3);
    assert_eq!(fixture.next(false), Some(3));
}

#[test]
fn a_later_page_sends_the_batches_that_the_collector_has_not_acknowledged() {
    let mut fixture = fixture(2);
    fixture.keep();
    let mut later = fixture.next_page(TAB);
    assert_eq!(later.next(false), None, "it was sent as the page went");
    later.enqueue(2, 1, 1);
    assert_eq!(later.next(false), Some(2));
    // The first of the two batches had arrived.
    later.answer(200, 0, &format!(r#"{{"request":"{REQUEST}","upto":1}}"#));
    assert_eq!((later.next(false), later.kept().len()), (Some(1), 1));
    later.acknowledge();
    assert!(later.kept().is_empty());
}

#[test]
fn batches_of_another_tab_are_sent_under_that_tab() {
    let mut fixture = fixture(0);
    let batch = Batch { last: 9, ..batch(OTHER, 4, 1, 1) };
    let own = Own { scope: &scope(), tab: TAB, lost: &mut fixture.lost, unreturned: &mut Lost::default() };
    fixture.outbox.enqueue(batch, own, &mut fixture.host);
    fixture.keep();
    let mut later = fixture.next_page(OTHER);
    let batch = later.outbox.next(0, false).unwrap();
    assert_eq!((batch.tab, batch.seq, batch.last), (OTHER, 4, 9));
}

#[test]
fn an_unreadable_batch_is_reported_as_a_loss_of_its_tab() {
    for is_own in [true, false] {
        let mut fixture = fixture(0);
        let tab = if is_own { TAB } else { OTHER };
        let batch = batch(tab, 4, 3, 1);
        let own = Own { scope: &scope(), tab: TAB, lost: &mut fixture.lost, unreturned: &mut Lost::default() };
        fixture.outbox.enqueue(batch, own, &mut fixture.host);
        fixture.keep();
        fixture.host.stored.values_mut().for_each(|value| value.truncate(30));
        let mut later = fixture.next_page(tab);
        if is_own {
            assert_eq!((later.lost.count(Reason::Unreadable), later.kept().len()), (3, 0));
            continue;
        }
        let batch = later.outbox.next(0, false).unwrap();
        assert_eq!((batch.tab, batch.events, batch.lost.count(Reason::Unreadable)), (OTHER, 0, 3));
        batch.request = REQUEST;
        later.keep();
        assert_eq!(later.kept(), [format!("wm-out.demo.6d006da9.{OTHER}.4.0")], "until that is acknowledged");
        later.acknowledge();
        assert!(later.kept().is_empty() && later.lost.is_empty());
    }
}

#[test]
fn invalid_entry_names_are_ignored() {
    let mut fixture = fixture(0);
    for name in [".x.1", ".1", ".1.-1", ".1.1001", ".1.1.1"] {
        fixture.host.stored.insert(format!("wm-out.demo.6d006da9.{TAB}{name}"), "x".to_owned());
    }
    let later = fixture.next_page(TAB);
    assert_eq!((later.lost, later.kept().len(), later.outbox.len()), (Lost::default(), 5, 0));
}

#[test]
fn batches_stay_in_memory_if_the_browser_stores_nothing() {
    let mut fixture = fixture(1);
    fixture.host.is_storage_full = true;
    fixture.keep();
    assert!(fixture.outbox.is_memory_only && fixture.host.stored.is_empty() && fixture.host.memory.is_empty());
    fixture.outbox.release();
    assert_eq!(fixture.next(true), Some(0));
}
