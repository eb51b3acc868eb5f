//! What the site remembers of its user, asked for and changed by the page.

use super::{Call, DONE, Hold, Recorder, Reply};
use crate::call_error::CallError;
use crate::command::{Change, Entry, Record, State};
use crate::consent::Mode;
use crate::host::Host;
use crate::identity::pseudonym::mark;
use crate::state::{Owner, check_entry};
use waymark_wire::Reason;
use waymark_wire::level::Place;
use waymark_wire::settings::StateArea;
use waymark_wire::state::DAYS;

/// Stands for the mark of whoever is not known: their state and session are this browser's, whatever their ID. Tabs that
/// open at once may each have made one.
pub(super) const ANONYMOUS: &str = "0";

impl Recorder {
    /// The mark of whoever it is.
    #[inline(never)]
    pub(super) fn user(&self) -> String {
        let id = self.who.id.as_deref().filter(|_| self.who.is_known);
        id.map_or_else(|| ANONYMOUS.to_owned(), mark)
    }

    pub(super) fn state(&mut self, state: State<'_>, host: &mut impl Host) -> Call {
        if let State::Get(Entry { kind, name })
        | State::Set(Entry { kind, name }, _)
        | State::Remove(Entry { kind, name }) = state
        {
            check_entry(kind, name)?;
        }
        if self.hold == Hold::User && self.leave.mode != Mode::Off {
            return Err(CallError::Busy);
        }
        let user = self.user();
        let owner = Owner { scope: &self.scope, mark: &user, place: self.state_place() };
        match state {
            State::Get(Entry { kind, name }) => {
                return Ok(Reply::Entry(owner.get(kind, name, host)));
            }
            State::All => return Ok(Reply::Entries(owner.all(host))),
            State::Remove(Entry { kind, name }) => {
                owner.remove(kind, name, host);
                self.share_soon(host);
            }
            State::Set(Entry { kind, name }, Change { value, days, record }) => {
                if !(1..=DAYS).contains(&days) {
                    return Err(CallError::StateDays);
                }
                let change = owner.set(kind, name, value, days, host)?;
                self.share_soon(host);
                if let (Some(change), true, true) = (change, record, self.leave.mode != Mode::Off) {
                    let (at, kind, data) = (host.now(), change.verb, change.data.get());
                    // It is kept, whether or not such events are collected; one that was lost the next flush tells of.
                    let recorded = self.record(Record { at, kind, data, content: &change.content }, host);
                    if matches!(recorded, Err(CallError::ConsentBufferFull | CallError::IdentityBufferFull)) {
                        self.unreported.add(Reason::Held, 1);
                    }
                }
            }
        }
        DONE
    }

    pub(super) fn state_place(&self) -> Place {
        match self.config.settings().state.unwrap_or_default() {
            StateArea::Cookie => Place::Cookie,
            StateArea::LocalStorage => Place::Local,
        }
    }

    /// The kept state of whoever is not known.
    pub(super) fn anonymous_state(&self) -> Owner<'_> {
        Owner { scope: &self.scope, mark: ANONYMOUS, place: self.state_place() }
    }
}
