//! Heeds what may be collected, as it changes: begins when it may, and purges what was stored and queued when it no
//! longer may.

use super::{Call, DONE, Hold, Recorder};
use crate::consent::Mode;
use crate::context::PageContext;
use crate::delivery::Own;
use crate::host::{Effect, Host, Purge};
use crate::identity::{Identity, Who};
use serde::Serialize;
use waymark_wire::Reason;
use waymark_wire::forget::Forget;
use waymark_wire::level::{Key, purpose};

/// The data of a `consent` event.
#[derive(Serialize)]
struct Agreed {
    purposes: Vec<&'static str>,
}

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
        self.context.invalidate();
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
        let events = self.queue.take().len();
        // They never had a number that anybody was told.
        self.recorded -= u64::from(events);
        self.unreported.add(Reason::Withdrawn, events);
        let own =
            Own { scope: &self.scope, tab: self.tab_id(), lost: &mut self.lost, unreported: &mut self.unreported };
        self.outbox.withdraw(own);
        host.push(Effect::SendAtUnload(None));
        self.erasable = self.identity.anonymous.take().map(|anonymous| anonymous.id).or_else(|| self.erasable.take());
        self.identity = Identity::default();
        self.who = Who::default();
        self.session = None;
        self.context = PageContext::default();
        self.plays.clear();
        self.share.end();
        self.hold = Hold::No;
        self.view = None;
        self.settle_delivered(host);
    }

    pub(super) fn consented(&mut self, granted: u8, host: &mut impl Host) -> Call {
        let before = self.consent.granted.replace(granted);
        self.consent.at = host.now();
        self.reconsider(host.now(), host)?;
        // The same caps may follow from another answer, and it is kept all the same.
        self.consent.keep(&self.config, &self.scope, host);
        if self.leave.mode == Mode::On && before != Some(granted) {
            self.catch_up(host.now(), host)?;
            self.settle_view(host);
            let data = Agreed { purposes: purpose_names(granted) };
            self.push_or_report(host.now(), "consent", &data, host);
        }
        DONE
    }

    /// Erases everything here, asks the collector to erase, and collects nothing more on this page.
    pub(super) fn forget(&mut self, host: &mut impl Host) -> Call {
        let anonymous = self.identity.anonymous.as_ref().map(|anonymous| &anonymous.id).or(self.erasable.as_ref());
        if let (Some(id), false) = (anonymous, self.is_astray) {
            host.push(Effect::Forget(Forget { site: self.scope.site.clone(), eu_id: id.clone() }));
        }
        self.consent.granted = Some(0);
        self.reconsider(host.now(), host)?;
        self.erasable = None;
        host.permit(&self.scope.site, &[], Purge::All);
        DONE
    }
}

/// The names of the purposes whose bits are set.
pub(super) fn purpose_names(granted: u8) -> Vec<&'static str> {
    let names = purpose::NAMES.iter().enumerate();
    names.filter(|(bit, _)| granted >> bit & 1 == 1).map(|(_, name)| *name).collect()
}
