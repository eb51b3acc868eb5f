//! Recording: checks an event of the page, completes it and adds it to the open batch.

use super::conductor::{Recorder, terms};
use super::phase::Phase;
use super::reply::{Call, DONE};
use crate::call_error::CallError;
use crate::capture::Captured;
use crate::command::Record;
use crate::host::Host;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use waymark_wire::{Reason, limits};

impl Recorder {
    pub(super) fn record(&mut self, event: Record<'_>, host: &mut impl Host) -> Call {
        if !limits::is_type(event.kind) {
            return Err(CallError::TypeInvalid);
        }
        if limits::refuse_data(event.data).is_some() {
            if !event.data.starts_with('{') {
                return Err(CallError::DataNotObject);
            } else if event.data.len() <= limits::DATA_BYTES {
                return Err(CallError::DataTooDeep);
            }
            self.delivery.lose(Reason::TooLarge);
            return Err(CallError::DataTooLarge);
        }
        if !self.permissions.allowed.kind(event.kind) {
            return Err(CallError::NotCollected);
        }
        self.catch_up(event.at, host)?;
        self.record_pending_view(host);
        // The rest of the context is read after a change and at the start of a batch, not for each event.
        if self.delivery.queued() == 0 || self.context.is_resized() {
            self.update_page(host);
        }
        let data = self.context.complete(event, host).map_err(|_| CallError::NotJson)?;
        self.push(event.at, event.kind, data, host)?;
        DONE
    }

    /// Records an event of level 2. Level, consent, gate and manual mode are asked at the time of the event.
    pub(super) fn record_captured(&mut self, event: &Captured, host: &mut impl Host) -> Call {
        let Captured { at, kind, data } = event;
        self.update_permissions(host.now(), host)?;
        if !self.permissions.allowed.kind(kind) {
            return DONE;
        }
        if !self.rate_limit.allows(host.now()) {
            self.delivery.lose(Reason::Rate);
            self.delivery.note_loss(Reason::Rate);
            return DONE;
        }
        if self.record(Record { at: *at, kind, data }, host).is_err() {
            self.delivery.note_loss(Reason::Held);
        }
        DONE
    }

    /// Records an event that is not the result of a call to record. If the event is lost, the next flush returns the
    /// loss.
    pub(super) fn push_or_note(&mut self, at: i64, kind: &str, data: &impl Serialize, host: &mut impl Host) {
        let data = to_raw_value(data).map_err(|_| CallError::NotJson);
        if data.and_then(|data| self.push(at, kind, data, host)).is_err() {
            self.delivery.note_loss(Reason::Held);
        }
    }

    /// Adds an event to the open batch. All events pass through this function, which drops events that level, switches
    /// or permissions do not allow.
    ///
    /// # Errors
    /// The buffer of held events has no room. The error names the answer that the events wait for.
    fn push(&mut self, at: i64, kind: &str, data: Box<RawValue>, host: &mut impl Host) -> Result<(), CallError> {
        if !self.permissions.allowed.kind(kind) {
            return Ok(());
        }
        if self.startup.is_done() {
            if !self.session.as_ref().is_some_and(|session| session.runs(at)) {
                self.continue_session(host);
            }
            if let Some(session) = &mut self.session {
                session.touch(at);
            }
        }
        let terms = terms(&self.settings, &self.permissions);
        if !self.delivery.make_room(data.get().len(), &terms, host) {
            let is_asking = self.startup.phase == Phase::Consent;
            return Err(if is_asking { CallError::ConsentBufferFull } else { CallError::IdentityBufferFull });
        }
        if let Some(context) = self.context.change(&self.permissions.allowed, self.delivery.batch_number()) {
            self.delivery.set_context(context);
        }
        self.delivery.push(at, kind, data, &terms, host);
        Ok(())
    }
}
