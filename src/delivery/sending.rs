//! Sending: closes batches, sends what is due, takes the collector's replies.

use super::{Answer, Batch, Delivery, Outcome, Own, Terms};
use crate::call_error::CallError;
use crate::host::{Effect, Host};
use crate::settings::batch_limits::BatchLimits;
use waymark_wire::{Contents, Lost};

impl Delivery {
    /// Closes the open batch, if any, and sends what may be sent.
    pub fn dispatch(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.is_held {
            return;
        }
        if !self.queue.is_empty() {
            let mut batch = self.open_batch(host);
            batch.contents = Some(self.queue.take());
            self.put(batch, terms, host);
        }
        self.send(false, terms, host);
    }

    /// The same, if the open batch is full.
    pub fn dispatch_full(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if !self.is_held && self.queue.is_full(terms.limits) {
            self.dispatch(terms, host);
        }
    }

    /// Reports what was lost since the last report, in a batch without events. Returns whether there was any.
    pub fn report_losses(&mut self, terms: &Terms<'_>, host: &mut impl Host) -> bool {
        let is_due = self.lost != self.reported && self.recorded > 0 && !self.is_held;
        if is_due {
            let batch = Batch { events: 0, contents: Some(Contents::default()), ..self.open_batch(host) };
            self.put(batch, terms, host);
        }
        is_due
    }

    fn put(&mut self, batch: Batch, terms: &Terms<'_>, host: &mut impl Host) {
        self.reported = self.lost;
        let (scope, tab) = (terms.scope, self.tab_id());
        self.outbox.put(batch, Own { scope, tab, lost: &mut self.lost, unreported: &mut self.unreported }, host);
        self.is_unsaved = true;
    }

    /// The open batch, without its contents.
    pub(super) fn open_batch(&self, host: &impl Host) -> Batch {
        Batch {
            tab: self.tab_id(),
            seq: self.first_open(),
            events: self.queue.len(),
            last: self.recorded.saturating_sub(1),
            lost: self.lost,
            made: host.now(),
            ..Batch::default()
        }
    }

    /// The number of the open batch's first event.
    pub(super) fn first_open(&self) -> u64 {
        self.recorded - u64::from(self.queue.len())
    }

    /// Sends the batches that are due, or all that a page may send that `is_leaving`.
    pub fn send(&mut self, is_leaving: bool, terms: &Terms<'_>, host: &mut impl Host) {
        if !terms.may_send {
            return;
        }
        let sent = host.now();
        while let Some(batch) = self.outbox.next(sent, is_leaving) {
            batch.request = host.guid();
            if Some(batch.tab) == self.tab.id() {
                batch.last = self.recorded.saturating_sub(1);
                batch.lost = self.lost;
            }
            let body = batch.body(&terms.scope.site, sent);
            host.push(Effect::Send { number: batch.number, body, is_leaving });
        }
    }

    /// Sends everything now, as far as the collector can be reached. `refusal`: as [`Delivery::settle_delivered`].
    pub fn flush(&mut self, terms: &Terms<'_>, refusal: Option<CallError>, host: &mut impl Host) {
        self.outbox.hurry();
        self.dispatch(terms, host);
        self.report_losses(terms, host);
        self.send(false, terms, host);
        if !terms.may_send {
            self.settle(Some(CallError::WrongCollector), host);
        } else if self.outbox.is_shut(host.now()) {
            self.settle(Some(CallError::Unreachable), host);
        }
        self.settle_delivered(refusal, host);
    }

    /// Sends what is due by now.
    pub fn on_timer(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.queue.due_at(terms.limits).is_some_and(|due| host.now() >= due) {
            self.dispatch(terms, host);
        }
        self.send(false, terms, host);
    }

    /// When something must be sent, epoch ms.
    pub fn due_at(&self, limits: &BatchLimits) -> Option<i64> {
        let queue = self.queue.due_at(limits).filter(|_| !self.is_held);
        [queue, self.outbox.due_at()].into_iter().flatten().min()
    }

    /// The collector answered batch `number`, or could not be reached.
    pub fn on_reply(&mut self, number: u32, answer: Answer<'_>, terms: &Terms<'_>, host: &mut impl Host) -> Outcome {
        let (_, random) = host.guid().as_u64_pair();
        let (scope, tab) = (terms.scope, self.tab_id());
        let own = Own { scope, tab, lost: &mut self.lost, unreported: &mut self.unreported };
        let outcome = self.outbox.answered(number, answer, random as u32, own, host);
        self.is_unsaved |= outcome != Outcome::Delivered;
        if outcome == Outcome::Postponed {
            self.settle(Some(CallError::Unreachable), host);
        }
        outcome
    }

    /// After a reply: reports what was lost, sends the next batch, ends flushes that are done.
    pub fn go_on(&mut self, terms: &Terms<'_>, refusal: Option<CallError>, host: &mut impl Host) {
        self.report_losses_now(terms, host);
        self.send(false, terms, host);
        self.settle_delivered(refusal, host);
    }

    /// The network is back.
    pub fn on_online(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.outbox.is_online();
        self.send(false, terms, host);
    }

    /// The page is hidden, or left `for_good`: sends and stores everything.
    pub fn leave(&mut self, for_good: bool, terms: &Terms<'_>, host: &mut impl Host) {
        if self.is_held {
            return;
        }
        self.dispatch(terms, host);
        self.report_losses(terms, host);
        self.persist(terms, host);
        self.send(true, terms, host);
        if for_good {
            self.tab.close(self.recorded, &self.lost, terms.scope, host);
            self.is_handed_over |= self.outbox.release();
            self.is_owner = false;
        }
    }

    /// Another page of a closed tab must not use its numbers again: stores how far they are.
    pub fn update_closed_tab(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.tab.is_closed() {
            self.tab.close(self.recorded, &self.lost, terms.scope, host);
        }
    }

    /// The page that was left is back. It is a tab of its own from now on; what the earlier tab left belongs to others.
    pub fn reopen(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.dispatch(terms, host);
        self.is_handed_over |= !self.outbox.is_empty();
        self.tab.renew(terms.scope, host);
        // The replies that earlier flushes wait for never come here.
        if self.is_handed_over {
            self.settle(Some(CallError::Unanswered), host);
        }
        self.recorded = 0;
        self.lost = Lost::default();
        self.reported = Lost::default();
        self.adopt_orphans(terms, host);
    }

    /// The recorder stops: ends the flushes whose replies never come.
    pub fn stop(&mut self, host: &mut impl Host) {
        if !self.outbox.is_empty() || self.is_handed_over {
            self.settle(Some(CallError::Unanswered), host);
        }
    }
}
