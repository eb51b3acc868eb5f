//! Batches on their way: kept until the collector acknowledges them, sent one at a time and in order, again after a
//! while when that may help, never when it cannot.

use crate::host::NEVER;
use waymark_wire::{Lost, Reason};

/// The most bytes of unacknowledged batches that are kept in memory; the oldest make room.
pub const MOST_BYTES: usize = 512 * 1024;

/// The shortest wait after a failure. How much is drawn on top of it, so that many browsers do not come back at once,
/// doubles with each failure that follows,
pub const FIRST_WAIT_MS: i64 = 1_000;

/// up to this.
pub const LONGEST_WAIT_MS: i64 = 5 * 60 * 1_000;

/// What came of sending a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; 0 where there was no answer.
    pub status: u16,
    /// `Retry-After` in seconds; 0 where there was none.
    pub retry_after: u32,
}

/// What an answer means for the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Done,
    Again,
    Never,
}

impl Answer {
    fn verdict(self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Done,
            408 | 429 => Verdict::Again,
            400..=499 => Verdict::Never,
            _ => Verdict::Again,
        }
    }
}

/// A batch that was not acknowledged yet.
#[derive(Debug)]
pub struct Batch {
    /// Which batch, among the recorder's.
    pub number: u32,
    /// The tab that recorded it: a page that comes back may be another tab's by then.
    pub tab: String,
    /// The number of its first event among the tab's.
    pub seq: u64,
    /// What is in it, without its envelope.
    pub sealed: String,
    /// How many events that is.
    pub events: u32,
    /// How often it was sent.
    pub attempts: u32,
    in_flight: bool,
    /// Whether it is not to be sent again, whatever the answer.
    withdrawn: bool,
}

/// All batches that were not acknowledged yet, oldest first.
#[derive(Debug)]
pub struct Outbox {
    batches: Vec<Batch>,
    /// How many were ever put in.
    put: u32,
    failures: u32,
    retry_at: i64,
}

/// What the recorder must know of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The batch is at the collector, or the answer was for none that is still kept.
    Delivered,
    /// It will be tried again.
    Postponed,
    /// It was refused for good, and is gone.
    Refused,
}

impl Outbox {
    /// With nothing in it.
    pub const fn new() -> Self {
        Outbox { batches: Vec::new(), put: 0, failures: 0, retry_at: NEVER }
    }

    /// Whether everything was acknowledged.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Keeps a batch of so many events of `tab`, the first of which is number `seq`; counts what has to make room for it.
    pub fn put(&mut self, sealed: String, events: u32, tab: &str, seq: u64, lost: &mut Lost) {
        self.batches.push(Batch {
            number: self.put,
            tab: tab.to_owned(),
            seq,
            sealed,
            events,
            attempts: 0,
            in_flight: false,
            withdrawn: false,
        });
        self.put += 1;
        while self.batches.iter().map(|batch| batch.sealed.len()).sum::<usize>() > MOST_BYTES {
            lost.add(Reason::Overflow, self.batches.remove(0).events);
        }
    }

    /// The batch to send now. While the page lives that is one at a time, and none before the wait is over; when it is
    /// leaving, every one that is not on its way already.
    pub fn next(&mut self, now: i64, leaving: bool) -> Option<&Batch> {
        let waiting = self.retry_at != NEVER && now < self.retry_at;
        if !leaving && (waiting || self.batches.iter().any(|batch| batch.in_flight)) {
            return None;
        }
        let batch = self.batches.iter_mut().find(|batch| !batch.in_flight)?;
        batch.in_flight = true;
        batch.attempts += 1;
        Some(batch)
    }

    /// How many batches were not acknowledged yet.
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Gives up what is not on its way, and counts it; what is on its way is not sent again.
    pub fn withdraw(&mut self, lost: &mut Lost) {
        let mut at = 0;
        while let Some(batch) = self.batches.get_mut(at) {
            if batch.in_flight {
                batch.withdrawn = true;
                batch.sealed.clear();
                at += 1;
            } else {
                lost.add(Reason::Withdrawn, self.batches.remove(at).events);
            }
        }
    }

    /// Ends the wait: somebody wants it sent now.
    pub fn try_now(&mut self) {
        self.retry_at = NEVER;
    }

    /// When to try again. While a batch is on its way, its answer decides.
    pub fn due_at(&self) -> i64 {
        let decided = self.batches.iter().all(|batch| !batch.in_flight) && !self.batches.is_empty();
        if decided { self.retry_at } else { NEVER }
    }

    /// The answer for batch `number` came. `random` spreads the tries of many browsers.
    pub fn answered(&mut self, number: u32, answer: Answer, now: i64, random: u32, lost: &mut Lost) -> Outcome {
        let verdict = answer.verdict();
        let Some(at) = self.batches.iter().position(|batch| batch.number == number) else {
            return Outcome::Delivered;
        };
        let is_withdrawn = self.batches.get(at).is_some_and(|batch| batch.withdrawn);
        if verdict == Verdict::Again && !is_withdrawn {
            if let Some(batch) = self.batches.get_mut(at) {
                batch.in_flight = false;
            }
            self.failures += 1;
            let longest = (FIRST_WAIT_MS << self.failures.min(16)).min(LONGEST_WAIT_MS);
            let wait = FIRST_WAIT_MS + ((i64::from(random) * longest) >> 32);
            self.retry_at = now + wait.max(i64::from(answer.retry_after) * 1_000);
            return Outcome::Postponed;
        }
        let events = self.batches.remove(at).events;
        self.failures = 0;
        self.retry_at = NEVER;
        if verdict == Verdict::Done {
            return Outcome::Delivered;
        }
        if is_withdrawn {
            lost.add(Reason::Withdrawn, events);
            return Outcome::Delivered;
        }
        lost.add(Reason::Refused, events);
        Outcome::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: Answer = Answer { status: 200, retry_after: 0 };

    fn down(retry_after: u32) -> Answer {
        Answer { status: 503, retry_after }
    }

    fn outbox(batches: u64) -> Outbox {
        let mut outbox = Outbox::new();
        (0..batches).for_each(|seq| outbox.put("x".to_owned(), 1, "tab", seq, &mut Lost::default()));
        outbox
    }

    fn next(outbox: &mut Outbox, now: i64, leaving: bool) -> Option<u32> {
        outbox.next(now, leaving).map(|batch| batch.number)
    }

    #[test]
    fn batches_leave_one_at_a_time_and_in_order() {
        let mut outbox = outbox(2);
        assert_eq!(next(&mut outbox, 0, false), Some(0));
        assert_eq!(next(&mut outbox, 0, false), None);
        assert_eq!(outbox.answered(0, OK, 0, 0, &mut Lost::default()), Outcome::Delivered);
        assert_eq!(next(&mut outbox, 0, false), Some(1));
    }

    #[test]
    fn a_page_that_leaves_sends_all_that_is_not_on_its_way() {
        let mut outbox = outbox(3);
        assert_eq!(next(&mut outbox, 0, false), Some(0));
        assert_eq!(next(&mut outbox, 0, true), Some(1));
        assert_eq!(next(&mut outbox, 0, true), Some(2));
        assert_eq!(next(&mut outbox, 0, true), None);
    }

    #[test]
    fn what_was_not_acknowledged_is_kept_and_sent_again_after_a_growing_wait() {
        let mut outbox = outbox(1);
        let (mut now, mut waits, mut lost) = (0, vec![], Lost::NONE);
        for _ in 0..12 {
            assert_eq!(next(&mut outbox, now, false), Some(0));
            assert_eq!(outbox.answered(0, down(0), now, u32::MAX, &mut lost), Outcome::Postponed);
            let due = outbox.due_at();
            assert_eq!(next(&mut outbox, due - 1, false), None);
            waits.push(due - now);
            now = due;
        }
        assert!(
            waits.iter().all(|&wait| (FIRST_WAIT_MS..=FIRST_WAIT_MS + LONGEST_WAIT_MS).contains(&wait)),
            "{waits:?}"
        );
        assert!(waits[0] <= 3_000 && waits[11] > 30_000, "{waits:?}");
        assert!(lost.is_empty());
    }

    #[test]
    fn the_collector_says_how_long_to_wait() {
        let mut outbox = outbox(1);
        next(&mut outbox, 0, false);
        outbox.answered(0, down(120), 0, 0, &mut Lost::default());
        assert_eq!(outbox.due_at(), 120_000);
    }

    #[test]
    fn what_can_never_succeed_is_given_up_and_counted() {
        for status in [400, 401, 403, 413] {
            let (mut outbox, mut lost) = (outbox(1), Lost::NONE);
            next(&mut outbox, 0, false);
            let answer = Answer { status, retry_after: 0 };
            assert_eq!(outbox.answered(0, answer, 0, 0, &mut lost), Outcome::Refused, "{status}");
            assert_eq!(lost.count(Reason::Refused), 1);
            assert!(outbox.is_empty());
        }
    }

    #[test]
    fn what_is_withdrawn_is_not_sent_again_and_counted() {
        let (mut outbox, mut lost) = (outbox(3), Lost::NONE);
        next(&mut outbox, 0, false);
        outbox.withdraw(&mut lost);
        assert_eq!((lost.count(Reason::Withdrawn), outbox.len()), (2, 1));
        assert_eq!(outbox.answered(0, down(0), 0, 0, &mut lost), Outcome::Delivered);
        assert_eq!((lost.count(Reason::Withdrawn), next(&mut outbox, i64::MAX - 1, true)), (3, None));
    }

    #[test]
    fn the_oldest_make_room_and_are_counted() {
        let (mut outbox, mut lost) = (Outbox::new(), Lost::NONE);
        (0..20).for_each(|seq| outbox.put("x".repeat(30_000), 1, "tab", seq, &mut lost));
        assert_eq!(lost.count(Reason::Overflow), 3);
        assert_eq!(outbox.next(0, false).unwrap().seq, 3);
    }
}
