//! Finds out who the user is, and in which session, before anything leaves: a provider may answer late, and of ten tabs
//! that open at once one begins the session. Until then events are held in the queue, which is completed afterwards, so
//! that they carry the right ID.

use super::remember::ANONYMOUS;
use super::{Call, DONE, Recorder};
use crate::consent::Mode;
use crate::host::Host;
use waymark_wire::json::Object;
use waymark_wire::level::{Key, purpose};

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

impl Recorder {
    /// Something may be recorded from here on: the page is viewed as of `at`.
    pub(super) fn begin(&mut self, at: i64, host: &mut impl Host) {
        self.context.start(host);
        let page = host.page(&self.query);
        self.context.arrive(&page, host);
        self.view = at;
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
            let wait = self.config.number("identity.waitMs");
            let until = &mut self.hold_until;
            self.config.each("user.", &mut |_, _| *until = now + wait);
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
            let user = self.user();
            if self.session.resume(now, &user, &self.before(&user), &self.scope, host) {
                return self.release(host);
            }
            if self.leave.kept_for & purpose::ANALYTICS == 0 {
                self.hold_until = now;
            } else if !force {
                host.take_turn(&self.scope.name(Key::SESSION));
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
        let (now, user) = (host.now(), self.user());
        if !self.session.resume(now, &user, &self.before(&user), &self.scope, host) && !self.session.runs(now) {
            self.session.begin(now, &user, &self.scope, host);
        }
        self.context.set_session(&self.session);
    }

    /// The mark of whom the user may have been before, and with whose session it goes on: known users were anonymous, and
    /// where nobody but the page's `identify` names users, they are anonymous on each page until it does.
    fn before(&self, user: &str) -> String {
        if self.who.is_known {
            let links = self.leave.allowed.kind("identify") && self.identity.may_be(user);
            return if links { String::from(ANONYMOUS) } else { String::new() };
        }
        let mut linked = self.identity.linked.clone();
        self.config.each("user.", &mut |_, _| linked.clear());
        linked
    }

    fn release(&mut self, host: &mut impl Host) {
        self.hold = Hold::No;
        if self.tab.id.is_empty() {
            self.recorded += self.tab.open(&mut self.lost, &self.scope, host);
        }
        self.context.set_session(&self.session);
        self.context.set_user(&self.who, &self.config);
        self.queue.complete(self.context.shared(&self.leave.allowed));
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
        let was_anonymous = !self.who.is_known && !self.who.id.is_empty();
        self.who = who;
        let user = self.user();
        if was_anonymous && !self.before(&user).is_empty() {
            self.session.user = user;
            self.session.keep_now(&self.scope, host);
        } else {
            self.plays.clear();
            self.session = crate::session::Session::new();
            self.take_session(host);
        }
        self.context.set_user(&self.who, &self.config);
        self.link(host);
    }

    /// The anonymous user turned out to be a known one: that is told once, and what is remembered of the one becomes the
    /// other's.
    fn link(&mut self, host: &mut impl Host) {
        let user = self.user();
        let is_new = self.identity.anonymous.is_empty();
        if !self.who.is_known || !self.leave.allowed.kind("identify") || !(is_new || self.identity.may_be(&user)) {
            return;
        }
        let known = crate::state::Owner { scope: &self.scope, mark: &user, place: self.state_place() };
        self.anonymous_state().merge_into(&known, host);
        if !is_new && self.identity.link(&user, &self.config, &self.scope, host) {
            let mut data = String::new();
            Object::open(&mut data).text("anonymousId", &self.identity.anonymous).close();
            self.push(host.now(), "identify", &data, host);
        }
    }
}
