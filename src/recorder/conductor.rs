//! The recorder: its components, and the handler of each input.

use super::phase::Startup;
use super::reply::{Call, DONE};
use crate::call_error::CallError;
use crate::capture::{RateLimit, Rules};
use crate::command::Input;
use crate::consent::Consent;
use crate::consent::permissions::{PageWishes, Permissions};
use crate::context::PageContext;
use crate::delivery::{Delivery, Terms};
use crate::host::{Effect, Host, Purge};
use crate::identity::Identity;
use crate::session::Session;
use crate::settings::ActiveSettings;
use crate::state::StateSync;
use crate::state::sync::Subject;
use waymark_wire::level::Key;

/// A recorder. It records nothing before [`Recorder::start`].
#[derive(Debug, Default)]
pub struct Recorder {
    pub(super) settings: ActiveSettings,
    pub(super) consent: Consent,
    pub(super) wishes: PageWishes,
    pub(super) permissions: Permissions,
    pub(super) identity: Identity,
    pub(super) session: Option<Session>,
    pub(super) context: PageContext,
    pub(super) sync: StateSync,
    pub(super) delivery: Delivery,
    pub(super) startup: Startup,
    /// The rules by which the browser captures level 2, if it does.
    pub(super) capture: Option<Rules>,
    pub(super) rate_limit: RateLimit,
    pub(super) is_started: bool,
    /// Counts the inputs that may have changed the user's state.
    pub(super) state_revision: u64,
    /// The page's settings of an `init` that waits for the site's settings.
    awaiting: Option<String>,
    wake_at: Option<i64>,
}

/// The terms of delivery that hold now.
pub(super) fn terms<'a>(settings: &'a ActiveSettings, permissions: &Permissions) -> Terms<'a> {
    Terms {
        scope: settings.scope(),
        limits: settings.limits(),
        may_send: !settings.is_wrong_collector(),
        may_keep: permissions.may_keep_analytics(),
    }
}

impl Recorder {
    /// A recorder that has not started.
    pub fn new() -> Self {
        Recorder::default()
    }

    /// Starts recording with the page's settings, a JSON object. The first page view is dated `at`, the time of the
    /// call of `init`. The site's developer is warned of each wrong setting; the other settings hold.
    ///
    /// # Errors
    /// The reason why the recorder has not started. It can be started again with other settings. [`CallError::Busy`]: the
    /// site's settings are not known yet; start again with the same settings after the next input.
    pub fn start(&mut self, settings: &str, at: i64, host: &mut impl Host) -> Result<(), CallError> {
        let is_second = self.awaiting.as_ref().is_some_and(|awaiting| awaiting != settings);
        if self.is_started || is_second {
            return Err(CallError::AlreadyStarted);
        }
        let read = self.settings.read(settings);
        self.settings.problems().iter().for_each(|problem| host.push(Effect::Warn(problem.message())));
        read?;
        // Nothing else is read before the permissions are known.
        host.set_allowed_keys(&self.settings.scope().site, &[Key::CONSENT, Key::SETTINGS], Purge::Nothing);
        // A collector that has refused is asked again: the site's owner may have corrected its settings.
        let again = self.settings.refusal().is_some();
        self.settings.set_refusal(None);
        if !self.settings.fetch(again, self.is_started, host) {
            self.awaiting = Some(settings.to_owned());
            self.wake_at = self.settings.answer_due_at();
            host.push(Effect::WakeAt(self.wake_at));
            return Err(CallError::Busy);
        }
        self.awaiting = None;
        if let (Some(refusal), false) = (self.settings.refusal(), self.settings.is_known()) {
            return Err(refusal);
        }
        self.is_started = true;
        self.apply_settings(at, host)?;
        self.schedule(host);
        Ok(())
    }

    /// Handles one input.
    ///
    /// # Errors
    /// The reason why the call was not carried out. [`CallError::Busy`]: the call waits for something, and must be made
    /// again after a later input.
    pub fn on(&mut self, input: Input<'_>, host: &mut impl Host) -> Call {
        self.check_started()?;
        if input.may_change_state() {
            self.state_revision += 1;
        }
        let outcome = match input {
            Input::Consent(granted) => self.on_consent(granted, host),
            Input::Level(level) => {
                self.wishes.level = level;
                self.update_permissions(host.now(), host)
            }
            Input::Experience(is_started) => {
                self.wishes.is_started = is_started;
                self.update_permissions(host.now(), host)
            }
            Input::Inspect => self.report(host),
            Input::Forget => self.forget(host),
            Input::State(state) => self.on_state(state, host),
            Input::Refresh => self.refresh(host),
            Input::Flush => self.flush(host),
            Input::BatchResponse(number, response) => self.on_batch_reply(number, response, host),
            Input::StateResponse(number, response) => self.on_state_reply(number, response, host),
            Input::Online => self.on_online(host),
            Input::Record(_) | Input::Identify(..) if !self.settings.is_known() => Err(self.settings.unknown_reason()),
            Input::Record(_) | Input::Identify(..) if self.permissions.is_off() => Err(CallError::Off),
            _ if self.permissions.is_off() => DONE,
            Input::Record(event) => self.record(event, host),
            Input::Captured(event) => self.record_captured(event, host),
            Input::Identify(id, signature) => self.identify(id, signature, host),
            Input::AwaitState => self.await_state(host),
            Input::Reset => self.reset(host),
            Input::Stop => self.stop(host),
            Input::Navigated => self.on_navigation(host.now(), host),
            Input::Replaced => self.catch_up(host.now(), host),
            Input::Resized => {
                self.context.on_resize();
                DONE
            }
            Input::Hidden => self.leave(false, host),
            Input::Unload => self.leave(true, host),
            Input::PageRestored => self.on_return(host),
            Input::SessionLockAcquired => self.on_session_lock(false, host),
            Input::SessionLockReleased => self.on_session_lock(true, host),
            Input::TimerFired => self.on_timer(host),
            Input::Idle => self.on_idle(host),
            Input::TabLockAcquired(tab) => {
                self.delivery.on_tab_lock(tab, &terms(&self.settings, &self.permissions), host);
                DONE
            }
            Input::OtherTabWrote(name) => {
                self.delivery.on_stored(name, &terms(&self.settings, &self.permissions), host);
                DONE
            }
        };
        self.delivery.update_closed_tab(&terms(&self.settings, &self.permissions), host);
        self.schedule(host);
        outcome
    }

    /// Checks that recording has started.
    ///
    /// # Errors
    /// The reason why not.
    pub fn check_started(&self) -> Result<(), CallError> {
        if self.is_started { Ok(()) } else { Err(self.settings.refusal().unwrap_or(CallError::NotStarted)) }
    }

    /// The user, and whether the user's state may be synced now.
    pub(super) fn subject(&self) -> Subject<'_> {
        let may_sync =
            self.startup.is_done() && self.permissions.may_sync_state() && !self.settings.is_wrong_collector();
        Subject { user: self.identity.user(), may_sync }
    }

    /// Notes that the timer has fired and is no longer set.
    pub(super) fn clear_timer(&mut self) {
        self.wake_at = None;
    }

    fn schedule(&mut self, host: &mut impl Host) {
        self.delivery.schedule_save(host);
        let due = [
            self.context.view_due_at(),
            self.startup.due_at(),
            self.delivery.due_at(self.settings.limits()),
            self.sync.due_at(self.subject()),
            self.sync.first_reply_due_at().filter(|due| host.now() < *due),
        ];
        let next = due.into_iter().flatten().min();
        if next != self.wake_at {
            self.wake_at = next;
            host.push(Effect::WakeAt(next));
        }
    }
}
