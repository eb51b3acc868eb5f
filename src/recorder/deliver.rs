//! Sends what is full, asked for or left over, and heeds what the collector answers.

use super::{Call, DONE, Hold, Recorder};
use crate::call_error::{CallError, FlushError};
use crate::consent::Mode;
use crate::delivery::{Answer, Batch, Outcome, Own};
use crate::host::{Effect, Host};
use crate::session::KEPT_MS;
use uuid::Uuid;
use waymark_wire::Contents;

impl Recorder {
    /// Closes the batch and sends what may be sent.
    #[inline(never)]
    pub(super) fn dispatch(&mut self, host: &mut impl Host) {
        if self.hold != Hold::No {
            return;
        }
        if !self.queue.is_empty() {
            let mut batch = self.filled(host);
            batch.contents = Some(self.queue.take());
            self.put(batch, host);
            self.context.invalidate();
        }
        self.send(false, host);
    }

    /// Declares what was lost since it was last declared, in a batch without events. Says whether there was any.
    pub(super) fn declare(&mut self, host: &mut impl Host) -> bool {
        let is_due = self.lost != self.declared && self.recorded > 0 && self.hold == Hold::No;
        if is_due {
            let batch = Batch { events: 0, contents: Some(Contents::default()), ..self.filled(host) };
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
        let own =
            Own { scope: &self.scope, tab: self.tab_id(), lost: &mut self.lost, unreported: &mut self.unreported };
        self.outbox.put(batch, own, host);
        self.is_kept = false;
    }

    /// The batch that is being filled, without its contents.
    pub(super) fn filled(&self, host: &impl Host) -> Batch {
        Batch {
            tab: self.tab_id(),
            seq: self.first_filled(),
            events: self.queue.len(),
            last: self.recorded.saturating_sub(1),
            lost: self.lost,
            made: host.now(),
            ..Batch::default()
        }
    }

    /// The tab's ID. Nothing leaves, or is kept, before there is one.
    pub(super) fn tab_id(&self) -> Uuid {
        self.tab.id().unwrap_or_default()
    }

    /// The number of the first event of the batch that is being filled.
    pub(super) fn first_filled(&self) -> u64 {
        self.recorded - u64::from(self.queue.len())
    }

    #[inline(never)]
    pub(super) fn send(&mut self, leaving: bool, host: &mut impl Host) {
        if self.is_astray {
            return;
        }
        let sent = host.now();
        while let Some(batch) = self.outbox.next(sent, leaving) {
            batch.request = host.guid();
            if Some(batch.tab) == self.tab.id() {
                batch.last = self.recorded.saturating_sub(1);
                batch.lost = self.lost;
            }
            let body = batch.body(&self.scope.site, sent);
            host.push(Effect::Send { number: batch.number, body, is_leaving: leaving });
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
            let lost = std::mem::take(&mut self.unreported);
            self.is_handed_over &= error != Some(CallError::Unanswered);
            host.push(Effect::Settle(error.map_or(Ok(()), |error| Err(FlushError { error, lost }))));
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
                self.is_handed_over |= self.outbox.release();
                self.is_owner = false;
            }
        }
        DONE
    }

    pub(super) fn answered(&mut self, number: u32, answer: Answer<'_>, host: &mut impl Host) -> Call {
        let (_, random) = host.guid().as_u64_pair();
        let own =
            Own { scope: &self.scope, tab: self.tab_id(), lost: &mut self.lost, unreported: &mut self.unreported };
        let outcome = self.outbox.answered(number, answer, random as u32, own, host);
        self.is_kept &= outcome == Outcome::Delivered;
        match outcome {
            Outcome::Delivered => self.refusal = None,
            Outcome::InPart => host
                .push(Effect::Report("the collector refused an event for good: inspect shows its answer".to_owned())),
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
                let message =
                    self.refusal.map_or("the collector refused a batch of events for good", CallError::message);
                host.push(Effect::Report(message.to_owned()));
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
