//! Sending: flushes, the collector's replies, the timer, idle moments, and the page's or the recorder's end.

use super::conductor::{Recorder, terms};
use super::reply::{Call, DONE};
use crate::call_error::CallError;
use crate::consent::permissions::{Mode, Permissions};
use crate::delivery::{Outcome, Response};
use crate::host::{Effect, Host};
use crate::session::SAVE_EVERY_MS;

impl Recorder {
    pub(super) fn flush(&mut self, host: &mut impl Host) -> Call {
        self.delivery.begin_flush();
        if !self.settings.is_known() {
            self.delivery.settle(Some(self.settings.unknown_reason()), host);
            return DONE;
        }
        if self.permissions.mode == Mode::Held {
            self.delivery.settle(Some(CallError::ConsentPending), host);
            return DONE;
        }
        if !self.permissions.is_off() {
            self.catch_up(host.now(), host)?;
            self.record_pending_view(host);
            self.advance(true, host);
        }
        self.delivery.flush(&terms(&self.settings, &self.permissions), self.settings.refusal(), host);
        DONE
    }

    pub(super) fn on_batch_reply(&mut self, number: u32, response: Response<'_>, host: &mut impl Host) -> Call {
        let outcome = self.delivery.on_reply(number, response, &terms(&self.settings, &self.permissions), host);
        match outcome {
            Outcome::Delivered => self.settings.set_refusal(None),
            Outcome::PartiallyRejected => {
                host.push(Effect::Warn("the collector refused an event for good: inspect shows its answer".to_owned()))
            }
            Outcome::Postponed => {}
            Outcome::Misdirected => {
                self.settings.fetch(true, self.is_started, host);
                self.delivery.settle(Some(CallError::WrongCollector), host);
            }
            Outcome::Refused => {
                let refusal = match response.status {
                    401 => Some(CallError::UnknownSite),
                    403 => Some(CallError::WrongOrigin),
                    _ => None,
                };
                self.settings.set_refusal(refusal);
                let message = refusal.map_or("the collector refused a batch of events for good", CallError::message);
                host.push(Effect::Warn(message.to_owned()));
            }
        }
        self.delivery.go_on(&terms(&self.settings, &self.permissions), self.settings.refusal(), host);
        DONE
    }

    pub(super) fn on_online(&mut self, host: &mut impl Host) -> Call {
        self.sync.refresh(host.now());
        self.delivery.on_online(&terms(&self.settings, &self.permissions), host);
        DONE
    }

    pub(super) fn on_timer(&mut self, host: &mut impl Host) -> Call {
        let now = host.now();
        self.clear_timer();
        self.catch_up(now, host)?;
        if self.context.is_view_complete(now) {
            self.record_pending_view(host);
        }
        self.advance(false, host);
        if self.startup.is_done() {
            self.delivery.on_timer(&terms(&self.settings, &self.permissions), host);
            self.sync_state(false, host);
        }
        DONE
    }

    pub(super) fn on_idle(&mut self, host: &mut impl Host) -> Call {
        self.save_session(SAVE_EVERY_MS, host);
        self.delivery.on_idle(&terms(&self.settings, &self.permissions), host);
        DONE
    }

    pub(super) fn leave(&mut self, for_good: bool, host: &mut impl Host) -> Call {
        self.catch_up(host.now(), host)?;
        self.record_pending_view(host);
        self.advance(true, host);
        self.sync_state(true, host);
        self.save_session(1, host);
        self.delivery.leave(for_good, &terms(&self.settings, &self.permissions), host);
        DONE
    }

    fn save_session(&mut self, behind_ms: i64, host: &mut impl Host) {
        if let (Some(session), true) = (&mut self.session, self.startup.is_done()) {
            session.save(behind_ms, self.settings.scope(), host);
        }
    }

    pub(super) fn stop(&mut self, host: &mut impl Host) -> Call {
        self.leave(true, host)?;
        self.delivery.stop(host);
        self.permissions = Permissions::default();
        self.update_capture(host);
        self.settings.set_refusal(None);
        self.is_started = false;
        self.context.drop_pending_view();
        DONE
    }
}
