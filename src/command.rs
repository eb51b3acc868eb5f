//! The recorder's inputs: calls of the page and events of the browser.

use crate::capture::Captured;
use crate::delivery::Response;
use uuid::Uuid;

/// An input. Times are epoch ms.
#[derive(Debug)]
pub enum Input<'a> {
    /// The page recorded an event.
    Record(Record<'a>),
    /// The page identified the user: the ID, and the signature of the site's server, empty without one.
    Identify(&'a str, &'a str),
    /// Whether the user's state has arrived, after `identify` returned [`crate::CallError::Busy`].
    AwaitState,
    /// The user signed out.
    Reset,
    /// Send all events now. [`crate::host::Effect::ResolveFlushes`] reports the result.
    Flush,
    /// The user agreed to these purposes, as bits ([`waymark_wire::level::purpose`]); 0 is a denial.
    Consent(u8),
    /// The page limits the level. It can only lower the site's level.
    Level(u8),
    /// In manual mode: levels 2 and 3 are allowed, or end.
    Experience(bool),
    /// Return the recorder's whole state, a [`crate::recorder::Report`].
    Inspect,
    /// Erase all data in the browser, and ask the collector to erase the data of the anonymous user.
    Forget,
    /// Read or change the user's state.
    State(State<'a>),
    /// Send the queued events and end recording on the page.
    Stop,
    /// The document's address may have changed.
    Navigated,
    /// The address was replaced within the view.
    Replaced,
    /// The viewport changed.
    Resized,
    /// The user, the page or another tab's entries may have changed.
    Refresh,
    /// The page is hidden, and may never run again.
    Hidden,
    /// Level 2 captured an event.
    Captured(&'a Captured),
    /// The page is closing.
    Unload,
    /// The page was restored from the back-forward cache.
    PageRestored,
    /// The lock that [`crate::host::Effect::LockSession`] asked for is held.
    SessionLockAcquired,
    /// The lock that [`crate::host::Effect::LockSession`] asked for was released.
    SessionLockReleased,
    /// The time that [`crate::host::Effect::WakeAt`] set has come.
    TimerFired,
    /// The response to the batch of this number.
    BatchResponse(u32, Response<'a>),
    /// The response to the state request of this number. Its body is a [`waymark_wire::state::Reply`].
    StateResponse(u32, Response<'a>),
    /// The network is back.
    Online,
    /// The page is idle, as asked for by [`crate::host::Effect::WhenIdle`].
    Idle,
    /// The lock of this tab is held, as asked for by [`crate::host::Effect::LockTab`].
    TabLockAcquired(Uuid),
    /// Another tab stored or removed the entry of this name, a name of [`waymark_wire::level::Key::OUTBOX`].
    OtherTabWrote(&'a str),
}

impl Input<'_> {
    /// Whether the input may change the user's state, or the user whose state is used.
    pub fn may_change_state(&self) -> bool {
        !matches!(
            self,
            Input::Record(_)
                | Input::Captured(_)
                | Input::Inspect
                | Input::AwaitState
                | Input::State(State::Get(_) | State::All)
                | Input::Navigated
                | Input::Replaced
                | Input::Resized
                | Input::BatchResponse(..)
                | Input::Online
                | Input::Idle
                | Input::TabLockAcquired(_)
                | Input::OtherTabWrote(_)
        )
    }
}

/// An event as the page recorded it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The time of the event.
    pub at: i64,
    /// The event's type.
    pub kind: &'a str,
    /// The event's data: a JSON object.
    pub data: &'a str,
}

/// An operation on the user's state.
#[derive(Clone, Copy, Debug)]
pub enum State<'a> {
    /// Return an entry.
    Get(Entry<'a>),
    /// Store an entry.
    Set(Entry<'a>, Change<'a>),
    /// Remove an entry.
    Remove(Entry<'a>),
    /// Return all entries.
    All,
}

/// The name of an entry of the user's state.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The kind, such as `task`.
    pub kind: &'a str,
    /// The number of the guidance content, or the site's own name for `data`.
    pub name: &'a str,
}

/// The new content of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The value as JSON; empty if the page gave none.
    pub value: &'a str,
    /// The lifetime in days. A number out of range is refused.
    pub days: i64,
    /// Whether the change is recorded as an event.
    pub record: bool,
}
