//! What is to be done outside: collected while the recorder works, carried out when nothing is borrowed, because it
//! runs code of the page, which may call the recorder.

use super::{clock, console, flushes, idle, lifecycle, locks, site_settings, timer, transport};
use crate::host::Effect;

/// Something that is to be done.
#[derive(Debug, PartialEq)]
pub enum Task {
    /// What the recorder asked for.
    Effect(Effect),
    /// Fetch the site's settings, past the browser's cache or not.
    FetchSettings {
        /// Past the cache.
        anew: bool,
    },
    /// Tell from here on what happens to the page.
    Watch,
    /// Tell nothing any more.
    Unwatch,
}

impl Task {
    /// Does it. Nothing may be borrowed.
    pub fn carry_out(self) {
        match self {
            Task::Effect(effect) => carry_out(effect),
            Task::FetchSettings { anew } => site_settings::fetch(anew),
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
        Effect::WhenIdle => idle::when_idle(),
        Effect::WakeAt(at) => timer::wake_in(at.map(|at| at - clock::now())),
        Effect::ResolveFlushes(outcome) => flushes::settle(outcome),
        Effect::Warn(message) => console::warn_once(&message),
    }
}
