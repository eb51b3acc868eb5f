//! The user's state: the page's calls, changes as events, and the sync with the user's other browsers.

use super::conductor::Recorder;
use super::phase::Phase;
use super::reply::{Call, DONE, Reply};
use crate::call_error::CallError;
use crate::command::{Change, Entry, Record, State};
use crate::delivery::Response;
use crate::host::Host;
use crate::state::sync::Subject;
use crate::state::{Owner, check_entry};
use waymark_wire::Reason;
use waymark_wire::state::DAYS;

impl Recorder {
    pub(super) fn on_state(&mut self, state: State<'_>, host: &mut impl Host) -> Call {
        if let State::Get(Entry { kind, name })
        | State::Set(Entry { kind, name }, _)
        | State::Remove(Entry { kind, name }) = state
        {
            check_entry(kind, name)?;
        }
        if self.startup.phase == Phase::User && !self.permissions.is_off() {
            return Err(CallError::Busy);
        }
        let user = self.identity.user().storage_key();
        let owner = self.owner(&user);
        match state {
            State::Get(Entry { kind, name }) => return Ok(Reply::Entry(owner.get(kind, name, host))),
            State::All => return Ok(Reply::Entries(owner.all(host))),
            State::Remove(Entry { kind, name }) => {
                owner.remove(kind, name, host);
                self.sync.on_change(host.now());
            }
            State::Set(Entry { kind, name }, Change { value, days, record }) => {
                if !(1..=DAYS).contains(&days) {
                    return Err(CallError::StateDaysInvalid);
                }
                let change = owner.set(kind, name, value, days, host)?;
                self.sync.on_change(host.now());
                if let (Some(change), true, false) = (change, record, self.permissions.is_off()) {
                    let (at, kind, data) = (host.now(), change.verb, change.data.get());
                    // The entry is stored even if its event is not collected. If the event is lost, the next flush
                    // returns the loss.
                    let recorded = self.record(Record { at, kind, data }, host);
                    if matches!(recorded, Err(CallError::ConsentBufferFull | CallError::IdentityBufferFull)) {
                        self.delivery.note_loss(Reason::Held);
                    }
                }
            }
        }
        DONE
    }

    /// Sends changes of the state, if a request is due or the page is closing.
    pub(super) fn sync_state(&mut self, is_leaving: bool, host: &mut impl Host) {
        let may_sync = self.subject().may_sync;
        let user = self.identity.user();
        let key = user.storage_key();
        let owner = Owner { scope: self.settings.scope(), user: &key, area: self.settings.state_area() };
        self.sync.send(is_leaving, owner, Subject { user, may_sync }, host);
    }

    pub(super) fn on_state_reply(&mut self, number: u32, response: Response<'_>, host: &mut impl Host) -> Call {
        let may_sync = self.subject().may_sync;
        let user = self.identity.user();
        let key = user.storage_key();
        let owner = Owner { scope: self.settings.scope(), user: &key, area: self.settings.state_area() };
        self.sync.on_reply(number, response, owner, Subject { user, may_sync }, host);
        DONE
    }
}
