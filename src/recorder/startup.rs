//! Finds out who the user is, and in which session, before anything leaves: a provider may answer late, and of ten tabs
//! that open at once one begins the session. Until then events are held in the queue, which is completed afterwards, so
//! that they carry the right ID.

use super::remember::ANONYMOUS;
use super::{Call, DONE, Recorder};
use crate::consent::Mode;
use crate::host::{Effect, Host};
use crate::session::Session;
use serde::Serialize;
use waymark_wire::level::{Key, purpose};
use waymark_wire::settings::Providers;

/// A session's turn among the tabs takes no longer than this.
pub const TURN_MS: i64 = 1_000;

/// What events are held for, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// Nothing: they leave.
    No,
    /// The user has not been asked yet.
    Consent,
    /// No provider has answered yet.
    User,
    /// Another tab may be beginning the session.
    Session,
}

/// The data of an `identify` event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    anonymous_id: String,
}

impl Recorder {
    /// Something may be recorded from here on: the page is viewed as of `at`.
    pub(super) fn begin(&mut self, at: i64, host: &mut impl Host) {
        self.context.start(&host.user_agent());
        let page = host.page(&self.query);
        self.context.start_view(page, host);
        self.view = Some(at);
        self.hold = Hold::Consent;
    }

    /// Goes on as far as it can; `force`: to the end, whoever has not answered.
    #[inline(never)]
    pub(super) fn advance(&mut self, force: bool, host: &mut impl Host) {
        let now = host.now();
        if self.hold == Hold::Consent && self.leave.mode != Mode::Held {
            self.identity.load(&self.config, &self.scope, host);
            self.hold = Hold::User;
            self.hold_until = now;
            if self.asks_anyone() {
                self.hold_until = now + i64::from(self.config.settings().identity.wait_ms.unwrap_or_default().0);
            }
        }
        if self.hold == Hold::User {
            let asks = self.asks_providers();
            let known = self.identity.known(asks, &self.config, host);
            if known.is_none() && asks && !force && now < self.hold_until {
                return;
            }
            match known {
                Some(who) => self.who = who,
                None => self.find_who(host),
            }
            self.hold = Hold::Session;
            self.hold_until = now + TURN_MS;
            if self.resume_session(host) {
                return self.release(host);
            }
            if self.leave.kept_for & purpose::ANALYTICS == 0 {
                self.hold_until = now;
            } else if !force {
                host.push(Effect::LockSession(self.scope.name(Key::SESSION)));
            }
        }
        if self.hold == Hold::Session && (force || now >= self.hold_until) {
            self.take_session(host);
            self.release(host);
        }
    }

    /// The turn began, or is over: a session that another tab began is there for all, or ours is.
    pub(super) fn turn(&mut self, is_over: bool, host: &mut impl Host) -> Call {
        if self.hold == Hold::Session {
            self.take_session(host);
            if is_over {
                self.release(host);
            }
        }
        DONE
    }

    /// Goes on with the kept session of the user, or else with the one that runs, or begins one.
    #[inline(never)]
    pub(super) fn take_session(&mut self, host: &mut impl Host) {
        if self.hold == Hold::Session {
            // Another tab may have made an anonymous user too.
            self.identity.load(&self.config, &self.scope, host);
            self.find_who(host);
        }
        let now = host.now();
        if !self.resume_session(host) && !self.session.as_ref().is_some_and(|session| session.runs(now)) {
            self.session = Some(Session::begin(now, &self.user(), &self.scope, host));
        }
        self.set_session();
    }

    fn resume_session(&mut self, host: &mut impl Host) -> bool {
        let user = self.user();
        let found = Session::resume(host.now(), &user, self.before(&user).as_deref(), &self.scope, host);
        let is_found = found.is_some();
        if is_found {
            self.session = found;
        }
        is_found
    }

    pub(super) fn set_session(&mut self) {
        if let Some(session) = &self.session {
            self.context.set_session(session);
        }
    }

    /// The mark of whom the user may have been before, and with whose session it goes on: known users were anonymous, and
    /// where nobody but the page's `identify` names users, they are anonymous on each page until it does.
    fn before(&self, user: &str) -> Option<String> {
        if self.who.is_known {
            let links = self.leave.allowed.kind("identify") && self.identity.may_be(user);
            return links.then(|| ANONYMOUS.to_owned());
        }
        let linked = self.identity.anonymous.as_ref().and_then(|anonymous| anonymous.linked.clone());
        linked.filter(|_| !self.asks_anyone())
    }

    fn release(&mut self, host: &mut impl Host) {
        self.hold = Hold::No;
        if self.tab.id().is_none() {
            self.recorded += self.tab.open(&mut self.lost, &self.scope, host);
        }
        self.set_session();
        self.context.set_user(&self.who, self.config.settings());
        self.queue.backfill(self.context.allowed(&self.leave.allowed));
        self.link(host);
        self.seek(host);
        if self.queue.is_full(&self.limits) {
            self.dispatch(host);
        }
    }

    #[inline(never)]
    pub(super) fn find_who(&mut self, host: &mut impl Host) {
        self.who = self.identity.resolve(self.asks_providers(), &self.config, &self.scope, host);
    }

    /// Whether the settings name some place of the user's ID.
    fn asks_anyone(&self) -> bool {
        self.config.settings().user.as_ref().is_some_and(Providers::asks_anyone)
    }

    fn asks_providers(&self) -> bool {
        self.leave.mode == Mode::On
    }

    /// Who is it now? Another user gets another session; one that turned out to be known keeps it.
    #[inline(never)]
    pub(super) fn ask_who(&mut self, host: &mut impl Host) {
        if self.hold == Hold::Session {
            return self.find_who(host);
        }
        if self.hold != Hold::No {
            return self.advance(false, host);
        }
        let who = self.identity.resolve(self.asks_providers(), &self.config, &self.scope, host);
        if who == self.who {
            return;
        }
        let was_anonymous = !self.who.is_known && self.who.id.is_some();
        self.who = who;
        let user = self.user();
        let before = self.before(&user);
        match &mut self.session {
            Some(session) if was_anonymous && before.is_some() => {
                session.user = user;
                session.keep_now(&self.scope, host);
            }
            session => {
                *session = None;
                self.plays.clear();
                self.take_session(host);
            }
        }
        self.context.set_user(&self.who, self.config.settings());
        self.link(host);
    }

    /// The anonymous user turned out to be a known one: that is told once, and what is remembered of the one becomes the
    /// other's.
    fn link(&mut self, host: &mut impl Host) {
        let user = self.user();
        let is_new = self.identity.anonymous.is_none();
        if !self.who.is_known || !self.leave.allowed.kind("identify") || !(is_new || self.identity.may_be(&user)) {
            return;
        }
        let known = crate::state::Owner { scope: &self.scope, mark: &user, place: self.state_place() };
        self.anonymous_state().merge_into(&known, host);
        if let Some(anonymous) = self.identity.link(&user, &self.config, &self.scope, host) {
            let data = Linked { anonymous_id: anonymous.to_owned() };
            self.push_or_report(host.now(), "identify", &data, host);
        }
    }
}
