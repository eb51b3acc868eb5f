//! Sends what is full, asked for or left over, and heeds what the collector answers.

use super::{Call, DONE, Hold, Recorder};
use crate::consent::Mode;
use crate::host::{Host, guid};
use crate::outbox::{Answer, Outcome};
use crate::session::KEPT_MS;
use waymark_wire::encode::Envelope;

impl Recorder {
    /// Closes the batch and sends what may be sent.
    #[inline(never)]
    pub(super) fn dispatch(&mut self, host: &mut impl Host) {
        if self.hold != Hold::No {
            return;
        }
        if !self.queue.is_empty() {
            let (sealed, events) = self.queue.take();
            let seq = self.recorded - u64::from(events);
            self.outbox.put(sealed, events, &self.tab.id, seq, &mut self.lost);
            self.session.keep(KEPT_MS, host);
            self.context.tell_again();
        }
        self.send(false, host);
    }

    #[inline(never)]
    pub(super) fn send(&mut self, leaving: bool, host: &mut impl Host) {
        let sent = host.now();
        let request = guid(host);
        while let Some(batch) = self.outbox.next(sent, leaving) {
            let is_ours = batch.tab == self.tab.id;
            let next = if is_ours { self.recorded } else { batch.seq + u64::from(batch.events) };
            let envelope = Envelope {
                site: self.config.text("site"),
                tab: &batch.tab,
                seq: batch.seq,
                last: next.saturating_sub(1),
                sent,
                attempt: batch.attempts,
                request: &request,
                lost: self.lost,
            };
            let body = envelope.body(&batch.sealed);
            host.post(batch.number, body);
        }
    }

    pub(super) fn flush(&mut self, host: &mut impl Host) -> Call {
        self.flushing = true;
        if self.leave.mode == Mode::Held {
            self.settle_flushes(Some("nothing is sent before the user has agreed"), host);
            return DONE;
        }
        if self.leave.mode != Mode::Off {
            self.settle_view(host);
            self.advance(true, host);
        }
        self.outbox.try_now();
        self.dispatch(host);
        self.settle_delivered(host);
        DONE
    }

    pub(super) fn settle_delivered(&mut self, host: &mut impl Host) {
        if self.outbox.is_empty() {
            self.settle_flushes(None, host);
        }
    }

    pub(super) fn settle_flushes(&mut self, trouble: Option<&'static str>, host: &mut impl Host) {
        if std::mem::take(&mut self.flushing) {
            host.settle(trouble);
        }
    }

    pub(super) fn leaving(&mut self, for_good: bool, host: &mut impl Host) -> Call {
        self.settle_view(host);
        self.advance(true, host);
        if self.hold == Hold::No {
            self.dispatch(host);
            self.session.keep(1, host);
            self.send(true, host);
            if for_good {
                self.tab.close(self.recorded, &self.lost, host);
            }
        }
        DONE
    }

    pub(super) fn answered(&mut self, number: u32, answer: Answer, host: &mut impl Host) -> Call {
        let (_, random) = host.guid().as_u64_pair();
        match self.outbox.answered(number, answer, host.now(), random as u32, &mut self.lost) {
            Outcome::Delivered => {}
            Outcome::Postponed => {
                self.settle_flushes(Some("the collector cannot be reached; the events are sent later"), host);
            }
            Outcome::Refused => {
                host.report(match answer.status {
                    401 => "the collector does not know this site key: check 'site' in init",
                    403 => "the collector takes no events from this origin: add it to the site's origins",
                    _ => "the collector refused a batch of events for good",
                });
                self.settle_flushes(Some("the collector refused the events"), host);
            }
        }
        self.send(false, host);
        self.settle_delivered(host);
        DONE
    }
}
