//! The recorder's interface to its environment: facts, a clock, randomness, a small store, and effects to carry out.

use crate::call_error::FlushError;
use crate::capture::Rules;
use crate::facts::{AddressFilter, PageChange, PageFacts, Signals, UserAgent};
use uuid::Uuid;
use waymark_wire::forget::Forget;
use waymark_wire::level::{Key, StorageArea};
use waymark_wire::settings::{Callable, Provider};

/// The result of storing a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum SaveResult {
    /// The value is stored for later pages.
    Stored,
    /// The value lives in the page's memory only: storing it is not permitted, or the browser refuses storage.
    MemoryOnly,
    /// There is no room. The value stored under the name before stays.
    QuotaExceeded,
}

/// How [`Host::set_allowed_keys`] treats values that are no longer permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purge {
    /// The values stay, because nothing is decided yet.
    Nothing,
    /// The stored values are removed. The values in the page's memory stay.
    Stored,
    /// The stored values and the values in the page's memory are removed.
    All,
}

/// An action that the host carries out later, when the recorder is no longer borrowed, because page code may run then.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Send a batch to the collector. The reply arrives as [`crate::command::Input::BatchResponse`] with the same
    /// number. While the page closes, sending must not depend on anything that happens later.
    Send {
        /// The batch's number.
        number: u32,
        /// The request's body.
        body: String,
        /// Whether the page is closing or hidden.
        is_leaving: bool,
    },
    /// Ask the browser to send this body if the page ends without notice, in place of an earlier body; `None`: send
    /// nothing. Sending a batch cancels the request too. Browsers without this feature ignore the effect.
    SendAtUnload(Option<String>),
    /// Send the user's state to the collector. The reply arrives as [`crate::command::Input::StateResponse`] with the
    /// same number.
    SyncState {
        /// The request's number.
        number: u32,
        /// The request's body.
        body: String,
    },
    /// Ask the collector to erase the user's data, once every batch in flight has been answered.
    Forget(Forget),
    /// Take the lock of this name for a moment, exclusively among tabs.
    /// [`crate::command::Input::SessionLockAcquired`] reports that the lock is held,
    /// [`crate::command::Input::SessionLockReleased`] that it is not held any more.
    LockSession(String),
    /// Take the lock of a tab: its holder is the only page that sends the tab's batches.
    /// [`crate::command::Input::TabLockAcquired`] reports when the lock is acquired, which may be when the current
    /// holder's page ends. The lock is held until the page ends. A second request for the same tab is answered too.
    LockTab {
        /// The tab.
        tab: Uuid,
        /// The name of the lock or lease.
        name: String,
    },
    /// Capture level 2 by these rules from now on, in place of earlier rules; `None`: capture nothing, and drop what
    /// is captured and not reported yet. [`crate::command::Input::Captured`] reports each event.
    Capture(Option<Box<Rules>>),
    /// Report [`crate::command::Input::Idle`] soon, when the page is idle.
    WhenIdle,
    /// Report [`crate::command::Input::TimerFired`] at this time, epoch ms. Replaces an earlier time; `None`: no timer.
    WakeAt(Option<i64>),
    /// Resolve all flushes that wait: everything was acknowledged, or the reason why not.
    ResolveFlushes(Result<(), FlushError>),
    /// Warn the site's developer. The same message is shown once.
    Warn(String),
}

/// The environment of a [`crate::Recorder`]: facts and storage that answer at once, and a list of effects to carry out
/// later.
pub trait Host {
    /// The current time, epoch ms.
    fn now(&self) -> i64;
    /// A new random (version 4) UUID.
    fn new_uuid(&mut self) -> Uuid;
    /// The browser's description of itself. Read once.
    fn user_agent(&mut self) -> UserAgent;
    /// The page as it is now.
    fn page(&mut self, filter: &AddressFilter) -> PageFacts;
    /// How the page differs from the facts that [`Host::page`] returned last. Called for each event, so it reads
    /// address, title and time zone, but nothing that forces the browser to compute the page's layout.
    fn page_change(&mut self) -> PageChange;
    /// The privacy signals of the browser.
    fn signals(&mut self) -> Signals;
    /// The collector's answer with the site's settings, as JSON; or `!` and the HTTP status of a failure, 0 if there
    /// was no response. `None` until the collector has answered. The host asks the collector at the first call, from
    /// time to time afterwards, and at once with `again`; it reports a changed answer with
    /// [`crate::command::Input::Refresh`].
    fn settings(&mut self, collector: &str, site: &str, again: bool) -> Option<String>;
    /// The value of a provider of the user's ID. If the provider returns a promise,
    /// [`crate::command::Input::Refresh`] reports that its value is known.
    fn read_provider(&mut self, provider: &Provider) -> Option<String>;
    /// Whether the page's gate answers `true`. Every other answer means no.
    fn ask_gate(&mut self, gate: &Callable) -> bool;
    /// Sets the keys that may be read and stored from now on, among the names that the recorder of `site` writes
    /// ([`Key::of`]). Values of the site's other keys are removed as `purge` says. Values in the page's memory are
    /// stored as soon as that is permitted. The host never reads, lists or removes a name that the recorder of `site`
    /// does not write.
    fn set_allowed_keys(&mut self, site: &str, keys: &[Key], purge: Purge);
    /// The value that [`Host::save`] stored under the name, on this page or, if permitted, on an earlier page.
    fn load(&mut self, name: &str, area: StorageArea, days: u32) -> Option<String>;
    /// Stores the value for `days` days, if that is permitted and the browser allows it.
    fn save(&mut self, name: &str, value: &str, area: StorageArea, days: u32) -> SaveResult;
    /// Removes the value stored under the name, from every storage area.
    fn remove(&mut self, name: &str);
    /// The stored names of the site's recorder that begin with `prefix`, permitted or not.
    fn names(&mut self, prefix: &str) -> Vec<String>;
    /// Adds an effect to the list of effects to carry out.
    fn push(&mut self, effect: Effect);
}

/// A new GUID in the form used in events: hyphenated, lower case.
pub fn new_guid(host: &mut impl Host) -> String {
    let mut digits = Uuid::encode_buffer();
    host.new_uuid().hyphenated().encode_lower(&mut digits).to_owned()
}
