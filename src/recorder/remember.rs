//! What the site remembers of its user, asked for and changed by the page.

use super::{BUSY, Call, DONE, Hold, Recorder};
use crate::consent::Mode;
use crate::hash::mark;
use crate::host::Host;
use crate::input::{Record, State};
use crate::state::Owner;
use waymark_wire::json::Object;
use waymark_wire::level::Place;
use waymark_wire::text::{next_part, parse_int};

/// Stands for the mark of whoever is not known: their state and session are this browser's, whatever their ID. Tabs that
/// open at once may each have made one.
pub(super) const ANONYMOUS: &str = "0";

impl Recorder {
    /// The mark of whoever it is.
    #[inline(never)]
    pub(super) fn user(&self) -> String {
        if self.who.is_known { mark(&self.who.id) } else { String::from(ANONYMOUS) }
    }

    pub(super) fn state(&mut self, state: State<'_>, host: &mut impl Host) -> Call {
        if self.hold == Hold::User && self.leave.mode != Mode::Off {
            return Err(BUSY);
        }
        let user = self.user();
        let owner = Owner { scope: &self.scope, mark: &user, place: self.state_place() };
        let mut rest = state.entry;
        let (kind, name) = (next_part(&mut rest, b' '), next_part(&mut rest, b' '));
        match state.verb {
            "get" => {
                let mut out = String::new();
                match owner.get(kind, name, host) {
                    Some(entry) => entry.write(&mut Object::open(&mut out)),
                    None => out.push_str("null"),
                }
                return Ok(out);
            }
            "all" => return Ok(owner.all(host)),
            "remove" => {
                owner.remove(kind, name, host);
                self.share_soon(host);
            }
            _ => {
                let days = parse_int(next_part(&mut rest, b' ')).filter(|days| (1..=3_650).contains(days));
                let days = days.ok_or("days must be a whole number from 1 to 3650")?;
                let change = owner.set(kind, name, state.value, days, host)?;
                self.share_soon(host);
                if let (Some(change), "1", true) = (change, rest, self.leave.mode != Mode::Off) {
                    let (at, kind, data) = (host.now(), change.verb, &change.data);
                    // It is kept, whether or not such events are collected.
                    let _ = self.record(Record { at, kind, data, content: &change.content }, host);
                }
            }
        }
        DONE
    }

    pub(super) fn state_place(&self) -> Place {
        if self.config.text("state") == "cookie" { Place::Cookie } else { Place::Local }
    }

    /// The kept state of whoever is not known.
    pub(super) fn anonymous_state(&self) -> Owner<'_> {
        Owner { scope: &self.scope, mark: ANONYMOUS, place: self.state_place() }
    }
}
