//! Sending: closes batches, sends batches that are due, and handles the collector's replies.

use super::{Batch, Delivery, Outcome, Own, Response, Terms};
use crate::call_error::CallError;
use crate::host::{Effect, Host};
use crate::settings::batch_limits::BatchLimits;
use waymark_wire::{Contents, Lost};

impl Delivery {
    /// Closes the open batch unless it is empty, and sends the batches that are due.
    pub fn dispatch(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.is_held {
            return;
        }
        if !self.queue.is_empty() {
            let mut batch = self.open_batch(host);
            batch.contents = Some(self.queue.take());
            self.enqueue(batch, terms, host);
        }
        self.send(false, terms, host);
    }

    /// Calls [`Delivery::dispatch`] if the open batch is full.
    pub fn dispatch_full(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if !self.is_held && self.queue.is_full(terms.limits) {
            self.dispatch(terms, host);
        }
    }

    /// Reports the losses since the last report in a batch without events. Returns whether there were any.
    pub fn report_losses(&mut self, terms: &Terms<'_>, host: &mut impl Host) -> bool {
        let is_due = self.losses != self.reported_losses && self.recorded > 0 && !self.is_held;
        if is_due {
            let batch = Batch { events: 0, contents: Some(Contents::default()), ..self.open_batch(host) };
            self.enqueue(batch, terms, host);
        }
        is_due
    }

    fn enqueue(&mut self, batch: Batch, terms: &Terms<'_>, host: &mut impl Host) {
        self.reported_losses = self.losses;
        let (scope, tab) = (terms.scope, self.tab_id());
        self.outbox.enqueue(
            batch,
            Own { scope, tab, lost: &mut self.losses, unreturned: &mut self.unreturned_losses },
            host,
        );
        self.is_unsaved = true;
    }

    /// The open batch, without its contents.
    pub(super) fn open_batch(&self, host: &impl Host) -> Batch {
        Batch {
            tab: self.tab_id(),
            seq: self.first_open(),
            events: self.queue.len(),
            last: self.recorded.saturating_sub(1),
            lost: self.losses,
            made: host.now(),
            ..Batch::default()
        }
    }

    /// The number of the open batch's first event.
    pub(super) fn first_open(&self) -> u64 {
        self.recorded - u64::from(self.queue.len())
    }

    /// Sends the batches that are due. A page that `is_leaving` sends all batches that browsers let a closing page
    /// send.
    pub fn send(&mut self, is_leaving: bool, terms: &Terms<'_>, host: &mut impl Host) {
        if !terms.may_send {
            return;
        }
        let sent = host.now();
        while let Some(batch) = self.outbox.next(sent, is_leaving) {
            batch.request = host.new_uuid();
            if Some(batch.tab) == self.tab.id() {
                batch.last = self.recorded.saturating_sub(1);
                batch.lost = self.losses;
            }
            let body = batch.body(&terms.scope.site, sent);
            host.push(Effect::Send { number: batch.number, body, is_leaving });
        }
    }

    /// Sends all events now, as far as the collector can be reached. `refusal`: see [`Delivery::settle_delivered`].
    pub fn flush(&mut self, terms: &Terms<'_>, refusal: Option<CallError>, host: &mut impl Host) {
        self.outbox.retry_now();
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

    /// The timer fired: closes the open batch if it is old enough, and sends the batches that are due.
    pub fn on_timer(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.queue.due_at(terms.limits).is_some_and(|due| host.now() >= due) {
            self.dispatch(terms, host);
        }
        self.send(false, terms, host);
    }

    /// When the next batch must be closed or sent, epoch ms.
    pub fn due_at(&self, limits: &BatchLimits) -> Option<i64> {
        let queue = self.queue.due_at(limits).filter(|_| !self.is_held);
        [queue, self.outbox.due_at()].into_iter().flatten().min()
    }

    /// Handles the reply to batch `number`, or the failure to reach the collector.
    pub fn on_reply(
        &mut self,
        number: u32,
        response: Response<'_>,
        terms: &Terms<'_>,
        host: &mut impl Host,
    ) -> Outcome {
        let (_, random) = host.new_uuid().as_u64_pair();
        let (scope, tab) = (terms.scope, self.tab_id());
        let own = Own { scope, tab, lost: &mut self.losses, unreturned: &mut self.unreturned_losses };
        let outcome = self.outbox.on_reply(number, response, random as u32, own, host);
        self.is_unsaved |= outcome != Outcome::Delivered;
        if outcome == Outcome::Postponed {
            self.settle(Some(CallError::Unreachable), host);
        }
        outcome
    }

    /// After a reply: reports losses, sends the next batch, and settles flushes that are done.
    pub fn go_on(&mut self, terms: &Terms<'_>, refusal: Option<CallError>, host: &mut impl Host) {
        self.report_losses_now(terms, host);
        self.send(false, terms, host);
        self.settle_delivered(refusal, host);
    }

    /// The network is back: sends the batches that are due.
    pub fn on_online(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.outbox.is_online();
        self.send(false, terms, host);
    }

    /// The page is hidden, or is closed (`for_good`): sends and stores all events.
    pub fn leave(&mut self, for_good: bool, terms: &Terms<'_>, host: &mut impl Host) {
        if self.is_held {
            return;
        }
        self.dispatch(terms, host);
        self.report_losses(terms, host);
        self.persist(terms, host);
        self.send(true, terms, host);
        if for_good {
            self.tab.close(self.recorded, &self.losses, terms.scope, host);
            self.is_handed_over |= self.outbox.release();
            self.is_owner = false;
        }
    }

    /// Stores the tab's next event number again if the page is closed, so that the tab's next page does not reuse
    /// numbers.
    pub fn update_closed_tab(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.tab.is_closed() {
            self.tab.close(self.recorded, &self.losses, terms.scope, host);
        }
    }

    /// The page was closed and is shown again. It becomes a new tab. The batches of its earlier tab belong to the page
    /// that has the lock of that tab.
    pub fn reopen(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.dispatch(terms, host);
        self.is_handed_over |= !self.outbox.is_empty();
        self.tab.renew(terms.scope, host);
        // The replies that earlier flushes wait for never reach this page.
        if self.is_handed_over {
            self.settle(Some(CallError::ResponseUnknown), host);
        }
        self.recorded = 0;
        self.losses = Lost::default();
        self.reported_losses = Lost::default();
        self.adopt_orphans(terms, host);
    }

    /// The recorder stops: settles the flushes whose replies will never arrive.
    pub fn stop(&mut self, host: &mut impl Host) {
        if !self.outbox.is_empty() || self.is_handed_over {
            self.settle(Some(CallError::ResponseUnknown), host);
        }
    }
}
