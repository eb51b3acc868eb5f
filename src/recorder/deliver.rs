//! Sends what is full, asked for or left over, and handles what the collector answers.

use super::{Call, DONE, Hold, Recorder};
use crate::call_error::{CallError, FlushError};
use crate::consent::Mode;
use crate::host::{Host, guid};
use crate::outbox::{Answer, Batch, Outcome, Own};
use crate::session::KEPT_MS;
use waymark_wire::Lost;
use waymark_wire::encode::{Envelope, NOTHING};

impl Recorder {
    /// Closes the batch and sends what may be sent.
    #[inline(never)]
    pub(super) fn dispatch(&mut self, host: &mut impl Host) {
        if self.hold != Hold::No {
            return;
        }
        if !self.queue.is_empty() {
            let mut batch = self.filled(host);
            (batch.sealed, batch.events) = self.queue.take();
            self.put(batch, host);
            self.context.tell_again();
        }
        self.send(false, host);
    }

    /// Declares what was lost since it was last declared, in a batch without events. Says whether there was any.
    pub(super) fn declare(&mut self, host: &mut impl Host) -> bool {
        let is_due = self.lost != self.declared && self.recorded > 0 && self.hold == Hold::No;
        if is_due {
            let mut batch = self.filled(host);
            batch.sealed.push_str(NOTHING);
            self.put(batch, host);
        }
        is_due
    }

    /// Declares what was lost just now, and sees to it that it stays declared.
    pub(super) fn declare_now(&mut self, host: &mut impl Host) {
        if self.declare(host) {
            self.keep(KEPT_MS, host);
        }
    }

    fn put(&mut self, batch: Batch, host: &mut impl Host) {
        self.declared = self.lost;
        let own = Own { scope: &self.scope, tab: &self.tab.id, lost: &mut self.lost, unreported: &mut self.unreported };
        self.outbox.put(batch, own, host);
        self.is_kept = false;
    }

    /// The batch that is being filled, without its content.
    pub(super) fn filled(&self, host: &impl Host) -> Batch {
        let mut batch = Batch::EMPTY;
        batch.tab = self.tab.id.clone();
        batch.seq = self.first_filled();
        batch.last = self.recorded.saturating_sub(1);
        batch.lost = self.lost;
        batch.made = host.now();
        batch
    }

    /// The number of the first event of the batch that is being filled.
    pub(super) fn first_filled(&self) -> u64 {
        self.recorded - u64::from(self.queue.count())
    }

    #[inline(never)]
    pub(super) fn send(&mut self, leaving: bool, host: &mut impl Host) {
        if self.is_astray {
            return;
        }
        let sent = host.now();
        while let Some(batch) = self.outbox.next(sent, leaving) {
            batch.request = guid(host);
            if batch.tab == self.tab.id {
                batch.last = self.recorded.saturating_sub(1);
                batch.lost = self.lost;
            }
            let body = batch_body(batch, &self.scope.site, sent);
            host.post(batch.number, body, leaving);
        }
    }

    pub(super) fn flush(&mut self, host: &mut impl Host) -> Call {
        self.flushing = true;
        if !self.config.has_site() {
            self.settle_flushes(Some(self.refusal.unwrap_or(CallError::SettingsUnavailable)), host);
            return DONE;
        }
        if self.leave.mode == Mode::Held {
            self.settle_flushes(Some(CallError::ConsentPending), host);
            return DONE;
        }
        if self.leave.mode != Mode::Off {
            self.catch_up(host.now(), host)?;
            self.settle_view(host);
            self.advance(true, host);
        }
        self.outbox.hurry();
        self.dispatch(host);
        self.declare(host);
        self.send(false, host);
        if self.is_astray {
            self.settle_flushes(Some(CallError::WrongCollector), host);
        } else if self.outbox.is_shut(host.now()) {
            self.settle_flushes(Some(CallError::Unreachable), host);
        }
        self.settle_delivered(host);
        DONE
    }

    pub(super) fn settle_delivered(&mut self, host: &mut impl Host) {
        if !self.outbox.is_empty() {
            return;
        }
        let error = if self.refusal.is_some() {
            self.refusal
        } else if !self.unreported.is_empty() {
            Some(CallError::EventsLost)
        } else if self.is_handed_over {
            Some(CallError::Unanswered)
        } else {
            None
        };
        self.settle_flushes(error, host);
    }

    /// Answers the flushes that wait. Each loss is reported once.
    pub(super) fn settle_flushes(&mut self, error: Option<CallError>, host: &mut impl Host) {
        if std::mem::take(&mut self.flushing) {
            let lost = std::mem::replace(&mut self.unreported, Lost::NONE);
            self.is_handed_over &= error != Some(CallError::Unanswered);
            host.settle(error.map_or(Ok(()), |error| Err(FlushError { error, lost })));
        }
    }

    pub(super) fn leaving(&mut self, for_good: bool, host: &mut impl Host) -> Call {
        self.catch_up(host.now(), host)?;
        self.settle_view(host);
        self.advance(true, host);
        self.share(true, host);
        if self.hold == Hold::No {
            self.dispatch(host);
            self.declare(host);
            self.keep(1, host);
            self.send(true, host);
            if for_good {
                self.tab.close(self.recorded, &self.lost, &self.scope, host);
                self.is_handed_over |= self.outbox.let_go();
                self.is_owner = false;
            }
        }
        DONE
    }

    pub(super) fn answered(&mut self, number: u32, answer: Answer<'_>, host: &mut impl Host) -> Call {
        let (_, random) = host.guid().as_u64_pair();
        let own = Own { scope: &self.scope, tab: &self.tab.id, lost: &mut self.lost, unreported: &mut self.unreported };
        let outcome = self.outbox.answered(number, answer, random as u32, own, host);
        self.is_kept &= outcome == Outcome::Delivered;
        match outcome {
            Outcome::Delivered => self.refusal = None,
            Outcome::InPart => host.report("the collector refused an event for good: inspect shows its answer"),
            Outcome::Postponed => self.settle_flushes(Some(CallError::Unreachable), host),
            Outcome::Elsewhere => {
                self.learn(true, host);
                self.settle_flushes(Some(CallError::WrongCollector), host);
            }
            Outcome::Refused => {
                self.refusal = match answer.status {
                    401 => Some(CallError::UnknownSite),
                    403 => Some(CallError::WrongOrigin),
                    _ => None,
                };
                host.report(
                    self.refusal.map_or("the collector refused a batch of events for good", CallError::message),
                );
            }
        }
        self.declare_now(host);
        self.send(false, host);
        self.settle_delivered(host);
        DONE
    }

    /// The network is back.
    pub(super) fn online(&mut self, host: &mut impl Host) -> Call {
        self.outbox.is_online();
        self.share_again(host);
        self.send(false, host);
        DONE
    }
}

/// The body that is sent at `sent`.
pub(super) fn batch_body(batch: &Batch, site: &str, sent: i64) -> String {
    let envelope = Envelope {
        site,
        tab: &batch.tab,
        seq: batch.seq,
        last: batch.last,
        sent,
        attempt: batch.attempts,
        request: &batch.request,
        lost: batch.lost,
    };
    envelope.body(&batch.sealed)
}
