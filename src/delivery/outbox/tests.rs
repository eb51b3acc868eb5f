use super::reply::Outcome;
use super::*;
use crate::delivery::Answer;
use crate::delivery::batch::MAX_AGE_MS;
use crate::testing::{MemoryHost, scope};

use serde_json::value::RawValue;
use uuid::uuid;
use waymark_wire::{BatchBuilder, Context};

const TAB: Uuid = uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401");
const OTHER: Uuid = uuid!("2c050339-56e3-4320-98be-5c9dd93e915b");
const REQUEST: Uuid = uuid!("c56a4180-65aa-42ec-a945-5fd21dec0538");

/// So many events, with so many bytes of data each.
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

/// An outbox of a page on its host, with what it lost.
struct Stage {
    outbox: Outbox,
    host: MemoryHost,
    lost: Lost,
    random: u32,
}

fn stage(batches: u64) -> Stage {
    let mut stage =
        Stage { outbox: Outbox::default(), host: MemoryHost::default(), lost: Lost::default(), random: u32::MAX };
    (0..batches).for_each(|seq| stage.put(seq, 1, 1));
    stage
}

impl Stage {
    fn put(&mut self, seq: u64, events: u32, bytes: usize) {
        let own = Own { scope: &scope(), tab: TAB, lost: &mut self.lost, unreported: &mut Lost::default() };
        self.outbox.put(batch(TAB, seq, events, bytes), own, &mut self.host);
    }

    fn next(&mut self, leaving: bool) -> Option<u64> {
        let batch = self.outbox.next(self.host.now, leaving)?;
        batch.request = REQUEST;
        Some(batch.seq)
    }

    /// The answer to the oldest batch on its way.
    fn answer(&mut self, status: u16, retry_after: u32, body: &str) -> Outcome {
        let number = self.outbox.batches.iter().find(|batch| batch.in_flight).unwrap().number;
        let answer = Answer { status, retry_after, body };
        let own = Own { scope: &scope(), tab: TAB, lost: &mut self.lost, unreported: &mut Lost::default() };
        self.outbox.answered(number, answer, self.random, own, &mut self.host)
    }

    fn acknowledge(&mut self) -> Outcome {
        self.answer(200, 0, &format!(r#"{{"request":"{REQUEST}","upto":0}}"#))
    }

    fn keep(&mut self) {
        self.outbox.keep(None, &scope(), &mut self.host);
    }

    /// The next page, which may send what `tab` left.
    fn next_page(self, tab: Uuid) -> Stage {
        let Stage { mut host, mut lost, random, .. } = self;
        let mut outbox = Outbox::default();
        let own = Own { scope: &scope(), tab: TAB, lost: &mut lost, unreported: &mut Lost::default() };
        outbox.take_over(tab, u64::MAX, own, &mut host);
        Stage { outbox, host, lost, random }
    }

    fn kept(&self) -> Vec<&str> {
        self.host.stored.keys().map(String::as_str).collect()
    }
}

#[test]
fn batches_leave_one_at_a_time_and_in_order() {
    let mut stage = stage(2);
    assert_eq!((stage.next(false), stage.next(false)), (Some(0), None));
    assert_eq!(stage.acknowledge(), Outcome::Delivered);
    assert_eq!(stage.next(false), Some(1));
}

#[test]
fn a_page_that_leaves_sends_as_much_as_browsers_allow() {
    let mut stage = stage(0);
    (0..4).for_each(|seq| stage.put(seq, 1, 25_000));
    assert_eq!(stage.next(false), Some(0));
    assert_eq!((stage.next(true), stage.next(true)), (Some(1), None));
}

#[test]
fn what_was_not_acknowledged_is_sent_again_after_a_while() {
    let mut stage = stage(1);
    stage.next(false);
    assert_eq!(stage.answer(503, 0, ""), Outcome::Postponed);
    assert_eq!(stage.next(false), None);
    stage.host.now = stage.outbox.due_at().unwrap();
    assert_eq!(stage.next(false), Some(0));
    assert_eq!(stage.outbox.batches[0].attempts, 2);
    assert!(stage.lost.is_empty());
}

#[test]
fn an_answer_that_does_not_name_the_request_is_none() {
    let mut stage = stage(1);
    stage.next(false);
    assert_eq!(stage.answer(200, 0, "<title>Welcome to our wireless network</title>"), Outcome::Postponed);
    assert_eq!(stage.outbox.len(), 1);
}

#[test]
fn a_leaving_page_ends_the_wait_unless_the_collector_asked_for_it() {
    for (retry_after, sent) in [(0, Some(0)), (60, None)] {
        let mut stage = stage(1);
        stage.keep();
        stage.next(false);
        stage.answer(503, retry_after, "");
        assert_eq!(stage.next(true), sent, "{retry_after}");
    }
    // What no browser keeps is gone with the page.
    let mut stage = stage(1);
    stage.next(false);
    stage.answer(503, 60, "");
    assert_eq!(stage.next(true), Some(0));
}

#[test]
fn what_can_never_succeed_is_given_up_and_counted() {
    for status in [400, 401, 403, 413] {
        let mut stage = stage(2);
        stage.next(false);
        assert_eq!(stage.answer(status, 0, ""), Outcome::Refused, "{status}");
        assert_eq!(stage.lost.count(Reason::Refused), 1);
        assert_eq!(stage.next(false), Some(1), "the rest goes on");
    }
}

#[test]
fn events_that_the_collector_refused_are_counted() {
    let mut stage = stage(0);
    stage.put(0, 3, 1);
    stage.next(false);
    let reply = format!(r#"{{"request":"{REQUEST}","stored":2,"rejected":[{{"index":1,"seq":1,"why":""}}],"upto":3}}"#);
    assert_eq!(stage.answer(200, 0, &reply), Outcome::InPart);
    assert_eq!((stage.lost.count(Reason::Refused), stage.outbox.len()), (1, 0));
}

#[test]
fn a_batch_that_is_too_large_is_cut_in_two_in_its_place() {
    let mut stage = stage(0);
    stage.put(10, 3, 1);
    stage.put(13, 1, 1);
    stage.keep();
    stage.next(false);
    assert_eq!(stage.answer(413, 0, ""), Outcome::Delivered);
    let halves =
        stage.outbox.batches.iter().map(|batch| (batch.seq, batch.events, batch.contents.as_ref().unwrap().len()));
    assert_eq!(halves.collect::<Vec<_>>(), [(10, 1, 1), (11, 2, 2), (13, 1, 1)]);
    let names = [".10.1", ".11.2", ".13.1"].map(|end| format!("wm-out.demo.6d006da9.{TAB}{end}"));
    assert_eq!(stage.kept(), names);
}

#[test]
fn a_batch_that_the_collector_breaks_on_lets_the_others_go_first() {
    let mut stage = stage(2);
    for _ in 0..3 {
        assert_eq!(stage.next(false), Some(0));
        stage.answer(500, 0, "");
        stage.host.now = stage.outbox.due_at().unwrap();
    }
    assert_eq!(stage.next(false), Some(1));
}

#[test]
fn a_batch_that_failed_for_a_week_is_given_up_after_one_more_try() {
    let mut stage = stage(1);
    stage.host.now = MAX_AGE_MS + 1;
    stage.next(false);
    stage.answer(0, 0, "");
    assert_eq!((stage.lost.count(Reason::Expired), stage.outbox.len()), (1, 0));
}

#[test]
fn what_is_withdrawn_is_not_sent_again_and_counted() {
    let mut stage = stage(3);
    stage.next(false);
    stage.outbox.withdraw(Own { scope: &scope(), tab: TAB, lost: &mut stage.lost, unreported: &mut Lost::default() });
    assert_eq!((stage.lost.count(Reason::Withdrawn), stage.outbox.len()), (2, 1));
    assert_eq!(stage.answer(503, 0, ""), Outcome::Postponed);
    stage.host.now = i64::MAX - 1;
    assert_eq!((stage.lost.count(Reason::Withdrawn), stage.next(true)), (3, None));
}

#[test]
fn the_oldest_make_room_and_are_counted() {
    let mut stage = stage(0);
    (0..20).for_each(|seq| stage.put(seq, 1, 30_000));
    assert_eq!(stage.lost.count(Reason::Overflow), 3);
    assert_eq!(stage.next(false), Some(3));
}

#[test]
fn a_later_page_sends_what_this_one_left_once_the_collector_does_not_know_it() {
    let mut stage = stage(2);
    stage.keep();
    let mut later = stage.next_page(TAB);
    assert_eq!(later.next(false), None, "it was sent as the page went");
    later.put(2, 1, 1);
    assert_eq!(later.next(false), Some(2));
    // The first of the two had arrived.
    later.answer(200, 0, &format!(r#"{{"request":"{REQUEST}","upto":1}}"#));
    assert_eq!((later.next(false), later.kept().len()), (Some(1), 1));
    later.acknowledge();
    assert!(later.kept().is_empty());
}

#[test]
fn what_another_tab_left_is_sent_as_that_tab_s() {
    let mut stage = stage(0);
    let batch = Batch { last: 9, ..batch(OTHER, 4, 1, 1) };
    let own = Own { scope: &scope(), tab: TAB, lost: &mut stage.lost, unreported: &mut Lost::default() };
    stage.outbox.put(batch, own, &mut stage.host);
    stage.keep();
    let mut later = stage.next_page(OTHER);
    let batch = later.outbox.next(0, false).unwrap();
    assert_eq!((batch.tab, batch.seq, batch.last), (OTHER, 4, 9));
}

#[test]
fn what_cannot_be_read_is_declared_as_the_tab_s_that_left_it() {
    for is_own in [true, false] {
        let mut stage = stage(0);
        let tab = if is_own { TAB } else { OTHER };
        let batch = batch(tab, 4, 3, 1);
        let own = Own { scope: &scope(), tab: TAB, lost: &mut stage.lost, unreported: &mut Lost::default() };
        stage.outbox.put(batch, own, &mut stage.host);
        stage.keep();
        stage.host.stored.values_mut().for_each(|value| value.truncate(30));
        let mut later = stage.next_page(tab);
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
fn names_that_make_no_sense_are_nobody_s() {
    let mut stage = stage(0);
    for name in [".x.1", ".1", ".1.-1", ".1.1001", ".1.1.1"] {
        stage.host.stored.insert(format!("wm-out.demo.6d006da9.{TAB}{name}"), "x".to_owned());
    }
    let later = stage.next_page(TAB);
    assert_eq!((later.lost, later.kept().len(), later.outbox.len()), (Lost::default(), 5, 0));
}

#[test]
fn where_the_browser_keeps_nothing_the_page_does() {
    let mut stage = stage(1);
    stage.host.is_full = true;
    stage.keep();
    assert!(stage.outbox.is_memory_only && stage.host.stored.is_empty() && stage.host.memory.is_empty());
    stage.outbox.release();
    assert_eq!(stage.next(true), Some(0));
}
