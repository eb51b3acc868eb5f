//! Effects: collected while the recorder works, and carried out when nothing is borrowed, because an effect can run
//! code of the page, which may call the recorder.

use super::{capture, clock, console, flushes, idle, lifecycle, locks, site_settings, timer, transport};
use crate::host::Effect;

/// An action to carry out.
#[derive(Debug, PartialEq)]
pub enum Task {
    /// An effect of the recorder.
    Effect(Effect),
    /// Fetch the site's settings.
    FetchSettings {
        /// Whether to bypass the browser's cache.
        bypass_cache: bool,
    },
    /// Begin to report what happens to the page.
    Watch,
    /// End the reports.
    Unwatch,
}

impl Task {
    /// Carries out the task. Nothing may be borrowed.
    pub fn carry_out(self) {
        match self {
            Task::Effect(effect) => carry_out(effect),
            Task::FetchSettings { bypass_cache } => site_settings::fetch(bypass_cache),
            Task::Watch => lifecycle::watch(),
            Task::Unwatch => lifecycle::unwatch(),
        }
    }
}

fn carry_out(effect: Effect) {
    match effect {
        Effect::Send { number, body, is_leaving } => transport::send(number, body, is_leaving),
        Effect::SendAtUnload(body) => transport::send_at_unload(body.as_deref()),
        Effect::SyncState { number, body } => transport::sync_state(number, &body),
        Effect::Forget(forget) => transport::forget(&forget),
        Effect::LockSession(name) => locks::lock_session(&name),
        Effect::LockTab { tab, name } => locks::lock_tab(tab, name),
        Effect::Capture(rules) => capture::set_rules(rules.map(|rules| *rules)),
        Effect::WhenIdle => idle::when_idle(),
        Effect::WakeAt(at) => timer::wake_in(at.map(|at| at - clock::now())),
        Effect::ResolveFlushes(outcome) => flushes::settle(outcome),
        Effect::Warn(message) => console::warn_once(&message),
    }
}
