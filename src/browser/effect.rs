//! What the recorder wants done outside: collected while it works, carried out when nothing is borrowed, because it runs
//! code of the page's, which may call the recorder.

use super::{console, host_page, idle, lifecycle, locks, site_settings, timer, transport};

/// Something that is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell from here on what happens to the page.
    Watch,
    /// Tell nothing any more.
    Unwatch,
    /// Send the batch with that number.
    Send {
        /// The batch's number.
        number: u32,
        /// The batch.
        body: String,
        /// Whether nothing that comes later can be waited for.
        leaving: bool,
    },
    /// Have the browser send this should the page end without being told; nothing where it is empty.
    SendAtUnload(String),
    /// Tell the collector of the user's state, under that number.
    SyncState(u32, String),
    /// Ask the collector to erase what the body says.
    Forget(String),
    /// Fetch the site's settings, past the browser's cache or not.
    FetchSettings {
        /// Past the cache.
        anew: bool,
    },
    /// Be the only page that sends what the tab recorded.
    LockTab {
        /// The tab.
        tab: String,
        /// The name of the lock, or of the lease where there are no locks.
        lease: String,
    },
    /// Be the only tab that looks for the session, by the lock of that name.
    LockSession(String),
    /// Tell when the page has nothing else to do.
    WhenIdle,
    /// Wake the recorder in so many ms, or not at all.
    WakeIn(Option<i64>),
    /// The flushes are done: everything arrived, or this was the trouble.
    Settle(Option<&'static str>),
    /// Tell the site's developer, once.
    Report(String),
}

impl Effect {
    /// Does it. Nothing may be borrowed.
    pub fn carry_out(self) {
        match self {
            Effect::Watch => lifecycle::watch(),
            Effect::Unwatch => lifecycle::unwatch(),
            Effect::Send { number, body, leaving } => transport::send(number, body, leaving),
            Effect::SendAtUnload(body) => transport::send_at_unload(&body),
            Effect::SyncState(number, body) => transport::sync_state(number, &body),
            Effect::Forget(body) => transport::forget(body),
            Effect::FetchSettings { anew } => site_settings::fetch(anew),
            Effect::LockTab { tab, lease } => locks::lock_tab(&tab, lease),
            Effect::LockSession(name) => locks::lock_session(&name),
            Effect::WhenIdle => idle::when_idle(),
            Effect::WakeIn(in_ms) => timer::wake_in(in_ms),
            Effect::Settle(trouble) => host_page::settle_flushes(trouble),
            Effect::Report(message) => console::warn_once(&message),
        }
    }
}
