//! Start-up: waits for the consent, then the user, then the session, before anything is sent. A provider may answer
//! late, and if ten tabs open at the same time, one of them begins the session. Events are held meanwhile, and their
//! context is completed afterwards.

use super::conductor::{Recorder, terms};
use super::phase::Phase;
use super::reply::{Call, DONE};
use crate::consent::permissions::Mode;
use crate::host::{Effect, Host};
use waymark_wire::level::Key;

/// How long a page waits for the session's lock, in ms.
pub const SESSION_LOCK_MS: i64 = 1_000;

impl Recorder {
    /// Begins recording. The page was viewed at `at`, epoch ms.
    pub(super) fn begin(&mut self, at: i64, host: &mut impl Host) {
        self.context.start(&host.user_agent());
        let page = host.page(self.settings.address_filter());
        self.context.start_view(page, self.settings.paths(), at, self.settings.title_wait_ms(), host);
        self.startup.enter(Phase::Consent, at);
        self.delivery.hold();
    }

    /// Advances through the phases as far as possible. `force`: to the end, without waiting for missing answers.
    pub(super) fn advance(&mut self, force: bool, host: &mut impl Host) {
        let now = host.now();
        if self.startup.phase == Phase::Consent && self.permissions.mode != Mode::Held {
            self.identity.load(&self.settings, host);
            let wait_ms = self.settings.in_force().identity.wait_ms.unwrap_or_default().0;
            let wait_ms = if self.settings.names_provider() { wait_ms.into() } else { 0 };
            self.startup.enter(Phase::User, now + wait_ms);
        }
        if self.startup.phase == Phase::User {
            let asks = self.permissions.is_on();
            if !self.identity.resolve_named(asks, &self.settings, host) {
                if asks && !force && now < self.startup.until {
                    return;
                }
                self.find_user(host);
            }
            self.startup.enter(Phase::Session, now + SESSION_LOCK_MS);
            if self.resume_session(host) {
                return self.finish(host);
            }
            if !self.permissions.may_keep_analytics() {
                self.startup.enter(Phase::Session, now);
            } else if !force {
                host.push(Effect::LockSession(self.settings.scope().name(Key::SESSION)));
            }
        }
        if self.startup.phase == Phase::Session && (force || now >= self.startup.until) {
            self.continue_session(host);
            self.finish(host);
        }
    }

    /// The page has acquired the session's lock, or has released it (`is_released`). Continues the session that another
    /// tab began, else this page's.
    pub(super) fn on_session_lock(&mut self, is_released: bool, host: &mut impl Host) -> Call {
        if self.startup.phase == Phase::Session {
            self.continue_session(host);
            if is_released {
                self.finish(host);
            }
        }
        DONE
    }

    /// Ends the start-up: user and session are known, and events may be sent.
    fn finish(&mut self, host: &mut impl Host) {
        self.startup.enter(Phase::Done, host.now());
        self.set_context_session();
        self.set_context_user();
        let context = self.context.allowed(&self.permissions.allowed);
        self.delivery.release(context, self.settings.scope(), host);
        self.link(host);
        let terms = terms(&self.settings, &self.permissions);
        self.delivery.adopt_orphans(&terms, host);
        self.delivery.dispatch_full(&terms, host);
    }
}
