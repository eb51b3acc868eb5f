//! Heeds what may be collected, as it changes: begins when it may, and purges what was stored and queued when it no
//! longer may.

use super::{Call, DONE, Hold, Recorder};
use crate::consent::Mode;
use crate::context::Context;
use crate::host::{Host, NEVER, Purge};
use crate::identity::{Identity, Who};
use crate::outbox::Own;
use crate::session::Session;
use waymark_wire::forget;
use waymark_wire::json::Object;
use waymark_wire::level::{Key, purpose};

impl Recorder {
    /// Something that decides over what may be collected may have changed. A page that may be recorded from here on was
    /// viewed as of `at`.
    #[inline(never)]
    pub(super) fn reconsider(&mut self, at: i64, host: &mut impl Host) -> Call {
        if !self.config.has_site() {
            return DONE;
        }
        let leave = self.consent.leave(&self.config, &self.scope, host);
        if leave == self.leave {
            return DONE;
        }
        let before = std::mem::replace(&mut self.leave, leave);
        if leave.mode == Mode::Off && before.mode != Mode::Off {
            self.wind_up(host);
        }
        let purge = if leave.mode == Mode::Off { Purge::All } else { Purge::Kept };
        host.permit(&self.scope.site, &Key::kept_for(leave.kept_for), purge);
        self.consent.keep(&self.config, &self.scope, host);
        self.keep_told(host);
        self.seek(host);
        self.context.tell_again();
        if leave.mode != Mode::Off && before.mode == Mode::Off {
            self.begin(at, host);
        }
        if leave.mode != before.mode && leave.mode != Mode::Off {
            self.ask_who(host);
        }
        DONE
    }

    /// Nothing that was recorded and has not left yet ever will, and nobody is known any more.
    fn wind_up(&mut self, host: &mut impl Host) {
        let (_, events) = self.queue.take();
        // They never had a number that anybody was told.
        self.recorded -= u64::from(events);
        self.outbox.withdraw(Own { scope: &self.scope, tab: &self.tab.id, lost: &mut self.lost });
        host.post_at_the_end(String::new());
        if !self.identity.anonymous.is_empty() {
            self.erasable = std::mem::take(&mut self.identity.anonymous);
        }
        self.identity = Identity::new();
        self.who = Who { id: String::new(), is_known: false };
        self.session = Session::new();
        self.context = Context::new();
        self.plays.clear();
        self.share.end();
        self.hold = Hold::No;
        self.view = NEVER;
        self.settle_delivered(host);
    }

    pub(super) fn consented(&mut self, granted: u8, host: &mut impl Host) -> Call {
        let before = self.consent.granted.replace(granted);
        self.consent.at = host.now();
        self.reconsider(host.now(), host)?;
        // The same caps may follow from another answer, and it is kept all the same.
        self.consent.keep(&self.config, &self.scope, host);
        if self.leave.mode == Mode::On && before != Some(granted) {
            self.settle_view(host);
            let mut data = String::new();
            let mut object = Object::open(&mut data);
            push_purposes(granted, object.member("purposes"));
            object.close();
            self.push(host.now(), "consent", &data, host);
        }
        DONE
    }

    /// Erases everything here, asks the collector to erase, and collects nothing more on this page.
    pub(super) fn forget(&mut self, host: &mut impl Host) -> Call {
        let anonymous = &self.identity.anonymous;
        let anonymous = if anonymous.is_empty() { &self.erasable } else { anonymous };
        if !anonymous.is_empty() && !self.is_astray {
            host.forget(forget::body(&self.scope.site, anonymous));
        }
        self.consent.granted = Some(0);
        self.reconsider(host.now(), host)?;
        self.erasable.clear();
        host.permit(&self.scope.site, &[], Purge::All);
        DONE
    }
}

/// Appends the purposes as a JSON array of their names.
pub(super) fn push_purposes(granted: u8, out: &mut String) {
    out.push_str("[");
    let mut comma = "\"";
    for (bit, name) in purpose::NAMES.iter().enumerate() {
        if granted >> bit & 1 == 1 {
            for part in [comma, name, "\""] {
                out.push_str(part);
            }
            comma = ",\"";
        }
    }
    out.push_str("]");
}
