//! The user: identification, the session that the user continues, and the link between anonymous and identified user.

use super::conductor::Recorder;
use super::phase::Phase;
use super::reply::{Call, DONE};
use crate::call_error::CallError;
use crate::host::Host;
use crate::identity::ANONYMOUS;
use crate::session::Session;
use crate::state::Owner;
use serde::Serialize;

/// The data of an `identify` event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    anonymous_id: String,
}

impl Recorder {
    pub(super) fn identify(&mut self, id: &str, signature: &str, host: &mut impl Host) -> Call {
        self.catch_up(host.now(), host)?;
        // A view that waits for its title belongs to the earlier identified user. If the earlier user is anonymous, the
        // view belongs to the user who is identified now.
        if self.identity.user().is_identified {
            self.record_pending_view(host);
        }
        let user = self.identity.identify(id, &self.settings)?;
        self.update_user(host);
        let now = host.now();
        self.sync.set_signature(&user, signature, now);
        self.await_state(host)
    }

    /// Another browser of a signed user may have state that this one has not.
    pub(super) fn await_state(&self, host: &impl Host) -> Call {
        let may_sync = self.permissions.may_sync_state() && !self.settings.is_wrong_collector();
        if may_sync && self.sync.awaits_first_reply(host.now()) { Err(CallError::Busy) } else { DONE }
    }

    pub(super) fn reset(&mut self, host: &mut impl Host) -> Call {
        self.catch_up(host.now(), host)?;
        self.record_pending_view(host);
        self.advance(true, host);
        self.identity.reset(&self.settings, host);
        self.sync.end();
        self.context.clear_plays();
        self.owner(ANONYMOUS).clear(host);
        self.find_user(host);
        // A new session begins even if a provider still names the same user.
        let user = self.identity.user().storage_key();
        self.session = Some(Session::begin(host.now(), &user, self.settings.scope(), host));
        self.set_context_session();
        self.set_context_user();
        DONE
    }

    /// The stored state of the user with storage key `user`.
    pub(super) fn owner<'a>(&'a self, user: &'a str) -> Owner<'a> {
        Owner { scope: self.settings.scope(), user, area: self.settings.state_area() }
    }

    pub(super) fn find_user(&mut self, host: &mut impl Host) {
        self.identity.resolve(self.permissions.is_on(), &self.settings, host);
    }

    /// Updates the current user. A different user gets a new session. An anonymous user who is identified keeps the
    /// session.
    pub(super) fn update_user(&mut self, host: &mut impl Host) {
        match self.startup.phase {
            Phase::Done => {}
            Phase::Session => return self.find_user(host),
            Phase::Consent | Phase::User => return self.advance(false, host),
        }
        let Some(before) = self.identity.resolve(self.permissions.is_on(), &self.settings, host) else { return };
        let was_anonymous = !before.is_identified && before.id.is_some();
        let user = self.identity.user().storage_key();
        let continues = was_anonymous && self.previous_user(&user).is_some();
        match &mut self.session {
            Some(session) if continues => {
                session.user = user;
                session.save_now(self.settings.scope(), host);
            }
            session => {
                *session = None;
                self.context.clear_plays();
                self.continue_session(host);
            }
        }
        self.set_context_user();
        self.link(host);
    }

    fn previous_user(&self, user: &str) -> Option<String> {
        self.identity.previous_user(user, self.permissions.allowed.kind("identify"), &self.settings)
    }

    /// Continues the user's stored session, else the current session if it still runs, else begins a new one.
    pub(super) fn continue_session(&mut self, host: &mut impl Host) {
        if self.startup.phase == Phase::Session {
            // Another tab may have created the anonymous user.
            self.identity.load(&self.settings, host);
            self.find_user(host);
        }
        let now = host.now();
        if !self.resume_session(host) && !self.session.as_ref().is_some_and(|session| session.runs(now)) {
            let user = self.identity.user().storage_key();
            self.session = Some(Session::begin(now, &user, self.settings.scope(), host));
        }
        self.set_context_session();
    }

    pub(super) fn resume_session(&mut self, host: &mut impl Host) -> bool {
        let user = self.identity.user().storage_key();
        let previous = self.previous_user(&user);
        let found = Session::resume(host.now(), &user, previous.as_deref(), self.settings.scope(), host);
        let is_found = found.is_some();
        if is_found {
            self.session = found;
        }
        is_found
    }

    pub(super) fn set_context_session(&mut self) {
        if let Some(session) = &self.session {
            self.context.set_session(session);
        }
    }

    pub(super) fn set_context_user(&mut self) {
        self.context.set_user(self.identity.user(), self.settings.in_force());
    }

    /// Links the anonymous user to the identified one: moves the state to the identified user, and records one
    /// `identify` event.
    pub(super) fn link(&mut self, host: &mut impl Host) {
        let user = self.identity.user().storage_key();
        if !self.permissions.allowed.kind("identify") || !self.identity.can_merge(&user) {
            return;
        }
        self.owner(ANONYMOUS).merge_into(&self.owner(&user), host);
        if let Some(anonymous) = self.identity.link(&user, &self.settings, host) {
            let data = Linked { anonymous_id: anonymous.to_owned() };
            self.push_or_note(host.now(), "identify", &data, host);
        }
    }
}
