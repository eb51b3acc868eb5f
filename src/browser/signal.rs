//! What the browser tells the recorder. Facilities tell it here, so that none of them knows the runtime.

use super::contain::contained;
use crate::command::Input;
use crate::delivery::Response;
use std::cell::Cell;
use uuid::Uuid;

/// Something that happened in the browser.
#[derive(Debug)]
pub enum Signal {
    /// The page is hidden; it may never run again.
    Hidden,
    /// The page is left.
    Unload,
    /// The page that was left is back as it was.
    PageRestored,
    /// The address may have changed.
    Navigated,
    /// The path was replaced, in the same view.
    Replaced,
    /// The viewport changed.
    Resized,
    /// Who the user is, what the page is, or what other tabs keep may have changed.
    Refresh,
    /// The session's lock is held.
    SessionLockAcquired,
    /// The session's lock is let go of.
    SessionLockReleased,
    /// Nobody else sends what was recorded in the tab.
    TabLockAcquired(Uuid),
    /// Another tab wrote a batch of this name, or removed it.
    OtherTabWrote(String),
    /// The time has come that the recorder asked for.
    TimerFired,
    /// The page has nothing else to do.
    Idle,
    /// The network is back.
    Online,
    /// A batch was answered.
    BatchResponse(u32, Reply),
    /// A request about the user's state was answered.
    StateResponse(u32, Reply),
}

/// What the collector answered.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The HTTP status; 0 where there was no answer.
    pub status: u16,
    /// `Retry-After` in seconds; 0 where there was none.
    pub retry_after_s: u32,
    /// The body.
    pub body: String,
}

impl Reply {
    fn response(&self) -> Response<'_> {
        Response { status: self.status, retry_after: self.retry_after_s, body: &self.body }
    }
}

impl Signal {
    /// As the recorder takes it.
    pub fn input(&self) -> Input<'_> {
        match self {
            Signal::Hidden => Input::Hidden,
            Signal::Unload => Input::Unload,
            Signal::PageRestored => Input::PageRestored,
            Signal::Navigated => Input::Navigated,
            Signal::Replaced => Input::Replaced,
            Signal::Resized => Input::Resized,
            Signal::Refresh => Input::Refresh,
            Signal::SessionLockAcquired => Input::SessionLockAcquired,
            Signal::SessionLockReleased => Input::SessionLockReleased,
            Signal::TabLockAcquired(tab) => Input::TabLockAcquired(*tab),
            Signal::OtherTabWrote(name) => Input::OtherTabWrote(name),
            Signal::TimerFired => Input::TimerFired,
            Signal::Idle => Input::Idle,
            Signal::Online => Input::Online,
            Signal::BatchResponse(number, reply) => Input::BatchResponse(*number, reply.response()),
            Signal::StateResponse(number, reply) => Input::StateResponse(*number, reply.response()),
        }
    }
}

thread_local! {
    static RECEIVER: Cell<Option<fn(Signal)>> = const { Cell::new(None) };
}

/// Signals go to `receiver` from here on.
pub fn connect(receiver: fn(Signal)) {
    RECEIVER.set(Some(receiver));
}

/// Tells the recorder.
pub fn tell(signal: Signal) {
    if let Some(receiver) = RECEIVER.get() {
        contained(|| receiver(signal));
    }
}
