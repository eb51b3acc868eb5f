//! Applies replies of the collector to the batches in the outbox.

use super::{Outbox, Own};
use crate::delivery::batch::{Batch, MAX_AGE_MS};
use crate::delivery::response::{ReplyAction, Response};
use crate::delivery::stored_batch;
use crate::host::Host;
use crate::scope::Scope;
use uuid::Uuid;
use waymark_wire::Reason;

/// A batch that has been sent this often moves to the end of the outbox when the collector replies with a server error.
const POISONED: u32 = 3;

/// The result of a reply, for the recorder.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The collector has the batch, or the batch is no longer in the outbox, or the batch was split.
    Delivered,
    /// The collector has the batch, except for events that it rejected permanently.
    PartiallyRejected,
    /// The batch will be sent again.
    Postponed,
    /// The collector rejected the batch permanently. The batch is dropped.
    Refused,
    /// The collector belongs to another data centre than the site.
    Misdirected,
}

impl Outbox {
    /// Applies the reply to batch `number`. `random` spreads the retries of many browsers over time.
    pub fn on_reply(
        &mut self,
        number: u32,
        response: Response<'_>,
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
        let action = response.action(batch.request);
        if action == ReplyAction::Retry || action == ReplyAction::Misdirected {
            if action == ReplyAction::Retry {
                self.retry.failed(now, random, response.retry_after);
            } else {
                self.retry.rest(now);
            }
            if batch.withdrawn {
                own.lose(Reason::Withdrawn, self.batches.remove(at).events);
            } else if batch.events > 0 && now - batch.made > MAX_AGE_MS {
                self.drop_batch(at, Reason::Expired, None, &mut own, host);
            } else if response.status >= 500 && response.status != 503 && batch.attempts >= POISONED {
                let batch = self.batches.remove(at);
                self.batches.push(batch);
            }
            return if action == ReplyAction::Retry { Outcome::Postponed } else { Outcome::Misdirected };
        }
        self.retry.succeeded();
        if batch.withdrawn {
            let batch = self.batches.remove(at);
            if !matches!(action, ReplyAction::Done(_)) {
                own.lose(Reason::Withdrawn, batch.events);
            }
            return Outcome::Delivered;
        }
        if let ReplyAction::Done(reply) = action {
            let (rejected, tab) = (reply.rejected.len() as u32, batch.tab);
            self.drop_batch(at, Reason::Refused, Some(rejected), &mut own, host);
            self.acknowledge(tab, reply.upto, own.scope, host);
            self.wake();
            return if rejected > 0 { Outcome::PartiallyRejected } else { Outcome::Delivered };
        }
        if action == ReplyAction::Split && self.split(at, own.scope, host) {
            return Outcome::Delivered;
        }
        self.drop_batch(at, Reason::Refused, None, &mut own, host);
        Outcome::Refused
    }

    /// Splits the batch at index `at` into two batches in its place. Returns `false` if the batch cannot be split.
    fn split(&mut self, at: usize, scope: &Scope, host: &mut impl Host) -> bool {
        let Some(batch) = self.batches.get_mut(at) else { return false };
        let half = batch.events / 2;
        let Some(second) = batch.contents.as_mut().and_then(|contents| contents.split_off(half)) else { return false };
        let mut rest = Batch {
            number: self.next_number,
            tab: batch.tab,
            seq: batch.seq + u64::from(half),
            last: batch.last,
            lost: batch.lost,
            made: batch.made,
            events: batch.events - half,
            contents: Some(second),
            ..Batch::default()
        };
        self.next_number += 1;
        batch.events = half;
        if batch.kept.is_some() {
            // The second half is stored first. Storing the first half then replaces the entry of the whole batch. If
            // the second half cannot be stored, the whole batch stays stored for a later page.
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

    /// Removes the batches of `tab` that end below event number `upto`: the collector has acknowledged them.
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
