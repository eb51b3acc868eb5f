//! Batches on their way: kept until an answer of the collector names them, in the browser too so that they outlive the
//! page; sent one at a time and in order; again after a while when that may help, never when it cannot.
//! Whatever is given up is counted. In: sealed batches, answers, what other pages left. Out: the batch to send.

mod answer;
mod batch;
pub mod entry;
mod retry;

pub use answer::Answer;
use answer::Verdict;
pub use batch::Batch;
pub use retry::{BREAKER, FIRST_WAIT_MS, LONGEST_WAIT_MS, Retry};

use crate::host::{Host, NEVER};
use crate::scope::Scope;
use waymark_wire::encode::{NOTHING, cut};
use waymark_wire::level::Key;
use waymark_wire::text::next_part;
use waymark_wire::{Lost, Reason};

/// The most bytes of unacknowledged batches that a page keeps; the oldest make room.
pub const MOST_BYTES: usize = 512 * 1024;

/// The most of them.
pub const MOST_BATCHES: usize = 500;

/// A batch that is older, and fails once more, is given up: a week.
pub const MOST_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// What is left by an earlier page of this tab was sent as it went: the next answer tells whether it arrived. Without one
/// it is sent again after this.
pub const REST_MS: i64 = 10_000;

/// A page that leaves has so many bytes on their way at the most: browsers allow 64 KiB of such requests together, the
/// page's own among them.
pub const LEAVING_BYTES: usize = 60_000;

/// A batch that the collector failed on so often, with an answer, lets the others go first.
const POISONED: u32 = 3;

/// All batches that were not acknowledged yet, each tab's in order.
#[derive(Debug)]
pub struct Outbox {
    batches: Vec<Batch>,
    /// How many were ever put in.
    put: u32,
    retry: Retry,
    /// How many events the batch that is being filled had when it was kept, if it is.
    draft: Option<u32>,
    /// Whether the browser kept what it was last given to keep.
    pub is_kept: bool,
}

/// What the recorder must know of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The batch is at the collector, or the answer was for none that is still here.
    Delivered,
    /// So it is, but for events that the collector refused for good.
    InPart,
    /// It will be tried again.
    Postponed,
    /// It was refused for good, and is gone.
    Refused,
    /// The collector says that it is the wrong one.
    Elsewhere,
}

/// Whose batches it is that the page has, and whose losses are counted where: a tab's own, and what is told of others.
pub struct Own<'a> {
    /// The site and its collector.
    pub scope: &'a Scope,
    /// The page's tab.
    pub tab: &'a str,
    /// What it has lost.
    pub lost: &'a mut Lost,
}

impl Outbox {
    /// With nothing in it.
    pub const fn new() -> Self {
        Outbox { batches: Vec::new(), put: 0, retry: Retry::new(), draft: None, is_kept: true }
    }

    /// Whether everything was acknowledged.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// How many batches were not acknowledged yet.
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// Takes a batch, the one that was being filled or one that only declares losses; counts what has to make room for it.
    pub fn put(&mut self, mut batch: Batch, mut own: Own<'_>, host: &mut impl Host) {
        if batch.events > 0 {
            batch.kept = self.draft.take();
        }
        self.insert(batch, self.batches.len(), &mut own, host);
    }

    fn insert(&mut self, mut batch: Batch, at: usize, own: &mut Own<'_>, host: &mut impl Host) {
        batch.number = self.put;
        self.put += 1;
        self.batches.insert(at, batch);
        loop {
            let bytes: usize = self.batches.iter().map(|batch| batch.sealed.len()).sum();
            let idle = self.batches.iter().position(|batch| !batch.in_flight && batch.events > 0);
            match idle {
                Some(oldest) if bytes > MOST_BYTES || self.batches.len() > MOST_BATCHES => {
                    self.lose(oldest, Reason::Overflow, None, own, host);
                }
                _ => return,
            }
        }
    }

    /// Keeps in the browser what is here, the batch that is being `filled` too.
    pub fn keep(&mut self, filled: Option<Batch>, scope: &Scope, host: &mut impl Host) {
        for batch in &mut self.batches {
            if !batch.is_kept() && !batch.withdrawn {
                self.is_kept = batch.keep(scope, host);
            }
        }
        if let Some(mut batch) = filled {
            batch.kept = self.draft;
            if !batch.is_kept() {
                self.is_kept = batch.keep(scope, host);
                self.draft = batch.kept;
            }
        }
    }

    /// The page goes, and what the browser keeps is another page's from here on.
    pub fn let_go(&mut self) {
        let mut at = 0;
        while let Some(batch) = self.batches.get(at) {
            if batch.is_kept() {
                self.batches.remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Takes over what pages of `tab` left, but for what is being filled from number `filled` on.
    pub fn take_over(&mut self, tab: &str, filled: u64, mut own: Own<'_>, host: &mut impl Host) {
        let names = host.keys(&own.scope.prefix(Key::OUTBOX, &[tab]));
        let mut rest = names.as_str();
        while !rest.is_empty() {
            let name = next_part(&mut rest, b'\n');
            let value = host.load(name, Key::OUTBOX.place, 0).unwrap_or_default();
            let Some(mut batch) = entry::read(name, own.scope, &value) else { continue };
            let is_own = batch.tab == own.tab;
            let is_here = |other: &Batch| {
                other.tab == batch.tab && other.seq == batch.seq && (other.events > 0) == (batch.events > 0)
            };
            if is_own && batch.seq >= filled || self.batches.iter().any(is_here) {
                continue;
            }
            if is_own {
                batch.rest_until = host.now() + REST_MS;
                own.lost.merge(&batch.lost);
            }
            let is_later = |other: &Batch| other.tab == batch.tab && other.seq > batch.seq;
            let at = self.batches.iter().position(is_later).unwrap_or(self.batches.len());
            let number = self.put;
            self.insert(batch, at, &mut own, host);
            let is_unreadable = |batch: &Batch| batch.number == number && batch.sealed.is_empty();
            if let Some(at) = self.batches.iter().position(is_unreadable) {
                self.lose(at, Reason::Unreadable, None, &mut own, host);
            }
        }
    }

    /// The batch to send now. While the page lives that is one at a time, and none before the wait is over; when it is
    /// leaving, what browsers allow of those that are not on their way already.
    pub fn next(&mut self, now: i64, leaving: bool) -> Option<&mut Batch> {
        let on_way: usize = self.batches.iter().filter(|batch| batch.in_flight).map(|batch| batch.sealed.len()).sum();
        if on_way > 0 && !leaving {
            return None;
        }
        let waits = self.retry.waits(now);
        let insists = self.retry.insists();
        let may = |batch: &Batch| {
            // What nobody keeps is gone with the page, whatever was asked for.
            let is_in_time = !waits || leaving && (!insists || batch.kept.is_none());
            let fits = on_way == 0 || on_way + batch.sealed.len() <= LEAVING_BYTES;
            !batch.in_flight && batch.rest_until <= now && is_in_time && fits
        };
        let batch = self.batches.iter_mut().find(|batch| may(batch))?;
        batch.in_flight = true;
        batch.attempts += 1;
        Some(batch)
    }

    /// Gives up everything, and counts it; what is on its way is not sent again. The browser keeps none of it any more.
    pub fn withdraw(&mut self, own: Own<'_>) {
        let mut at = 0;
        self.draft = None;
        while let Some(batch) = self.batches.get_mut(at) {
            if batch.in_flight {
                batch.withdrawn = true;
                batch.sealed.clear();
                at += 1;
            } else {
                own.lost.add(Reason::Withdrawn, self.batches.remove(at).events);
            }
        }
    }

    /// Ends the wait, where nobody insists on it: somebody wants it sent now.
    pub fn hurry(&mut self) {
        self.retry.hurry();
        self.wake();
    }

    /// The network is back.
    pub fn is_online(&mut self) {
        self.retry.is_online();
    }

    /// Whether nothing can be sent now, whoever wants it.
    pub fn is_shut(&self, now: i64) -> bool {
        self.retry.waits(now) && self.retry.insists()
    }

    fn wake(&mut self) {
        for batch in &mut self.batches {
            batch.rest_until = 0;
        }
    }

    /// When to try again. While a batch is on its way, its answer decides.
    pub fn due_at(&self) -> i64 {
        let mut due = NEVER;
        for batch in &self.batches {
            if batch.in_flight {
                return NEVER;
            }
            due = due.min(batch.rest_until);
        }
        match self.retry.at() {
            // What does not rest has been sent.
            NEVER if due == 0 => NEVER,
            NEVER => due,
            at => due.max(at),
        }
    }

    /// The answer for batch `number` came. `random` spreads the tries of many browsers.
    pub fn answered(
        &mut self,
        number: u32,
        answer: Answer<'_>,
        random: u32,
        mut own: Own<'_>,
        host: &mut impl Host,
    ) -> Outcome {
        let Some(at) = self.batches.iter().position(|batch| batch.number == number) else {
            return Outcome::Delivered;
        };
        let Some(batch) = self.batches.get_mut(at) else { return Outcome::Delivered };
        batch.in_flight = false;
        let now = host.now();
        let verdict = answer.verdict(&batch.request);
        if verdict == Verdict::Again || verdict == Verdict::Elsewhere {
            if verdict == Verdict::Again {
                self.retry.failed(now, random, answer.retry_after);
            } else {
                self.retry.rest(now);
            }
            if batch.withdrawn {
                own.lost.add(Reason::Withdrawn, self.batches.remove(at).events);
            } else if batch.events > 0 && now - batch.made > MOST_AGE_MS {
                self.lose(at, Reason::Expired, None, &mut own, host);
            } else if answer.status >= 500 && answer.status != 503 && batch.attempts >= POISONED {
                let batch = self.batches.remove(at);
                self.batches.push(batch);
            }
            return if verdict == Verdict::Again { Outcome::Postponed } else { Outcome::Elsewhere };
        }
        self.retry.succeeded();
        if batch.withdrawn {
            let batch = self.batches.remove(at);
            if verdict != Verdict::Done {
                own.lost.add(Reason::Withdrawn, batch.events);
            }
            return Outcome::Delivered;
        }
        if verdict == Verdict::Done {
            let (rejected, tab) = (answer.rejected(), batch.tab.clone());
            self.lose(at, Reason::Refused, Some(rejected), &mut own, host);
            self.acknowledge(&tab, answer.upto(), own.scope, host);
            self.wake();
            return if rejected > 0 { Outcome::InPart } else { Outcome::Delivered };
        }
        if verdict == Verdict::Smaller && self.halve(at, own.scope, host) {
            return Outcome::Delivered;
        }
        self.lose(at, Reason::Refused, None, &mut own, host);
        Outcome::Refused
    }

    /// Cuts a batch in two, in its place; false where it cannot be.
    fn halve(&mut self, at: usize, scope: &Scope, host: &mut impl Host) -> bool {
        let Some(batch) = self.batches.get_mut(at) else { return false };
        let half = batch.events / 2;
        let Some((first, second)) = cut(&batch.sealed, half) else { return false };
        let mut rest = Batch {
            number: self.put,
            tab: batch.tab.clone(),
            seq: batch.seq + u64::from(half),
            last: batch.last,
            lost: batch.lost,
            made: batch.made,
            sealed: second,
            events: batch.events - half,
            ..Batch::EMPTY
        };
        self.put += 1;
        batch.sealed = first;
        batch.events = half;
        if batch.kept.is_some() {
            // The later part first: the earlier then takes the place of the whole, which else stays for a later page.
            self.is_kept = rest.keep(scope, host);
            if self.is_kept {
                batch.keep(scope, host);
            } else {
                batch.kept = None;
            }
        }
        self.batches.insert(at + 1, rest);
        true
    }

    /// Takes a batch out, with so many events lost, all where it says nothing. They are declared: by the tab's next batch,
    /// or, where the tab was another, by the batch itself, emptied. Until that is kept its entry stays what it was.
    fn lose(&mut self, at: usize, reason: Reason, count: Option<u32>, own: &mut Own<'_>, host: &mut impl Host) {
        let mut batch = self.batches.remove(at);
        let count = count.unwrap_or(batch.events);
        if batch.tab == own.tab || count == 0 {
            own.lost.add(reason, count);
            return batch.forget(own.scope, host);
        }
        for other in &self.batches {
            if other.tab == batch.tab {
                batch.lost.merge(&other.lost);
            }
        }
        batch.lost.add(reason, count);
        batch.sealed.clear();
        batch.sealed.push_str(NOTHING);
        batch.events = 0;
        self.batches.insert(at, batch);
    }

    /// What the collector has answered of a tab need not be sent again.
    fn acknowledge(&mut self, tab: &str, upto: u64, scope: &Scope, host: &mut impl Host) {
        let mut at = 0;
        while let Some(batch) = self.batches.get_mut(at) {
            if batch.tab == tab && batch.events > 0 && !batch.in_flight && batch.end() <= upto {
                batch.forget(scope, host);
                self.batches.remove(at);
            } else {
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
