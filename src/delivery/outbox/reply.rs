//! What a reply of the collector means for the batches in the outbox.

use super::{Outbox, Own};
use crate::delivery::batch::{Batch, MAX_AGE_MS};
use crate::delivery::response::{Answer, Verdict};
use crate::delivery::stored_batch;
use crate::host::Host;
use crate::scope::Scope;
use uuid::Uuid;
use waymark_wire::Reason;

/// A batch that the collector failed on this often, with an answer, lets the others go first.
const POISONED: u32 = 3;

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

impl Outbox {
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
        let verdict = answer.verdict(batch.request);
        if verdict == Verdict::Again || verdict == Verdict::Elsewhere {
            if verdict == Verdict::Again {
                self.retry.failed(now, random, answer.retry_after);
            } else {
                self.retry.rest(now);
            }
            if batch.withdrawn {
                own.lose(Reason::Withdrawn, self.batches.remove(at).events);
            } else if batch.events > 0 && now - batch.made > MAX_AGE_MS {
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
            if !matches!(verdict, Verdict::Done(_)) {
                own.lose(Reason::Withdrawn, batch.events);
            }
            return Outcome::Delivered;
        }
        if let Verdict::Done(reply) = verdict {
            let (rejected, tab) = (reply.rejected.len() as u32, batch.tab);
            self.lose(at, Reason::Refused, Some(rejected), &mut own, host);
            self.acknowledge(tab, reply.upto, own.scope, host);
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
        let Some(second) = batch.contents.as_mut().and_then(|contents| contents.split_off(half)) else { return false };
        let mut rest = Batch {
            number: self.put,
            tab: batch.tab,
            seq: batch.seq + u64::from(half),
            last: batch.last,
            lost: batch.lost,
            made: batch.made,
            events: batch.events - half,
            contents: Some(second),
            ..Batch::default()
        };
        self.put += 1;
        batch.events = half;
        if batch.kept.is_some() {
            // The later part first: the earlier then takes the place of the whole, which else stays for a later page.
            self.is_memory_only = !stored_batch::keep(&mut rest, scope, host);
            if self.is_memory_only {
                batch.kept = None;
            } else {
                stored_batch::keep(batch, scope, host);
            }
        }
        self.batches.insert(at + 1, rest);
        true
    }

    /// What the collector has answered of a tab need not be sent again.
    fn acknowledge(&mut self, tab: Uuid, upto: u64, scope: &Scope, host: &mut impl Host) {
        self.batches.retain_mut(|batch| {
            let is_answered = batch.tab == tab && batch.events > 0 && !batch.in_flight && batch.end() <= upto;
            if is_answered {
                stored_batch::forget(batch, scope, host);
            }
            !is_answered
        });
    }
}
