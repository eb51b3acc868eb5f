//! What the recorder needs from wherever it runs: facts, a clock, randomness, a small store, and effects carried out.

use crate::call_error::FlushError;
use crate::facts::{AddressFilter, PageChange, PageFacts, Signals, UserAgent};
use uuid::Uuid;
use waymark_wire::forget::Forget;
use waymark_wire::level::{Key, Place};
use waymark_wire::settings::{Callable, Provider};

/// What became of something that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kept {
    /// It is kept for later pages.
    Stored,
    /// It lives as long as the page does: more is not permitted, or the browser refuses it.
    ForThePage,
    /// There is no room: what was kept under the key before is kept on.
    Full,
}

/// What becomes of what is not permitted any more ([`Host::permit`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purge {
    /// It stays: nothing is decided yet.
    Nothing,
    /// It is kept for no later page: the page's own memory alone goes on holding what it holds.
    Kept,
    /// Nor does that.
    All,
}

/// Something that happens later, when nothing of the recorder is borrowed any more: page code may run then.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Send a batch to the collector; the answer comes as [`crate::command::Input::Answered`] with that number. A body that is sent
    /// while the page is left must not depend on anything that comes later.
    Send {
        /// Which batch.
        number: u32,
        /// The request's body.
        body: String,
        /// Whether the page is being left.
        is_leaving: bool,
    },
    /// Have the browser send this body should the page end without notice, in place of what it was given before; `None`:
    /// nothing. Any other batch that is sent ends that too. Browsers that cannot do it do not.
    SendAtUnload(Option<String>),
    /// Send the user's state to the collector; the answer comes as [`crate::command::Input::Shared`] with that number.
    SyncState {
        /// Which request.
        number: u32,
        /// The request's body.
        body: String,
    },
    /// Ask the collector to erase what it has, once every batch on its way has been answered.
    Forget(Forget),
    /// Be the only one for a moment among the tabs that ask for the lock of that name: [`crate::command::Input::Turn`] says when that
    /// begins and when it ends.
    LockSession(String),
    /// Be the only page that sends what was recorded in the tab: [`crate::command::Input::Owned`] says when it is, which may be when
    /// the page that is now has ended. It ends with the page. A second request for one tab is answered too.
    LockTab {
        /// The tab.
        tab: Uuid,
        /// The name of the lock or lease.
        name: String,
    },
    /// [`crate::command::Input::Idle`] soon, when the page has nothing else to do.
    WhenIdle,
    /// [`crate::command::Input::Woken`] at that time, epoch ms, and at no other asked for before; `None`: not at all.
    WakeAt(Option<i64>),
    /// The flushes asked for so far are done: everything was acknowledged, or why not.
    Settle(Result<(), FlushError>),
    /// Tell the site's developer something, once.
    Report(String),
}

/// What a [`crate::Recorder`] needs from its surroundings: facts and storage that answer at once, and a list of what happens
/// later.
pub trait Host {
    /// Epoch ms.
    fn now(&self) -> i64;
    /// A new random (version 4) UUID.
    fn guid(&mut self) -> Uuid;
    /// What the browser says of itself. Asked once.
    fn user_agent(&mut self) -> UserAgent;
    /// The page as it is now.
    fn page(&mut self, filter: &AddressFilter) -> PageFacts;
    /// How the page differs from what [`Host::page`] returned. Asked for with each event: it reads the address, the title
    /// and the time zone, and nothing that makes the browser lay the page out.
    fn page_change(&mut self) -> PageChange;
    /// What the browser says of its user's wishes.
    fn signals(&mut self) -> Signals;
    /// What the collector answered about the site's settings, as JSON; behind a `!` why it cannot be had: the HTTP status, 0
    /// for none. `None` before it has answered. It is asked when this is called first, now and then after that, and at once
    /// with `again`; what has changed comes with [`crate::command::Input::LookAgain`].
    fn settings(&mut self, collector: &str, site: &str, again: bool) -> Option<String>;
    /// What a provider of the user's ID gives now. What a promise gives comes later, with [`crate::command::Input::LookAgain`].
    fn read_provider(&mut self, provider: &Provider) -> Option<String>;
    /// Whether the page's gate answers `true`; any other answer is a no.
    fn ask_gate(&mut self, gate: &Callable) -> bool;
    /// From here on, of the names that the recorder of `site` writes ([`Key::of`]), only those of `keys` are read, and kept
    /// for later pages. What is kept under its others is removed as `purge` says; what the page's own memory holds is kept
    /// as soon as it is permitted. A name that is none of these is somebody else's: the host never reads, lists or removes it.
    fn permit(&mut self, site: &str, keys: &[Key], purge: Purge);
    /// What [`Host::save`] kept under the name, in this page or, as far as is permitted, an earlier one.
    fn load(&mut self, name: &str, place: Place, days: u32) -> Option<String>;
    /// Keeps the value for so many days, as far as that is permitted and the browser lets it.
    fn save(&mut self, name: &str, value: &str, place: Place, days: u32) -> Kept;
    /// Removes what is kept under the name, wherever it is.
    fn remove(&mut self, name: &str);
    /// The names of the site's recorder, permitted or not, under which something is kept and that begin with `prefix`.
    fn names(&mut self, prefix: &str) -> Vec<String>;
    /// Notes what happens later.
    fn push(&mut self, effect: Effect);
}

/// A new GUID as it is written in events: hyphenated, lower case.
pub fn guid(host: &mut impl Host) -> String {
    let mut digits = Uuid::encode_buffer();
    host.guid().hyphenated().encode_lower(&mut digits).to_owned()
}
