//! Signals: events of the browser for the recorder. The facilities report them here, so that they do not know the
//! runtime.

use super::contain::contained;
use crate::capture::Captured;
use crate::command::Input;
use crate::delivery;
use std::cell::Cell;
use uuid::Uuid;

/// An event of the browser. It owns its data; [`Input`] borrows it.
#[derive(Debug)]
pub enum Signal {
    /// The page is hidden, and may never run again.
    Hidden,
    /// Level 2 captured an event.
    Captured(Captured),
    /// The page is closing.
    Unload,
    /// The page was restored from the back-forward cache.
    PageRestored,
    /// The address may have changed.
    Navigated,
    /// The path was replaced, in the same view.
    Replaced,
    /// The viewport changed.
    Resized,
    /// The user, the page or another tab's entries may have changed.
    Refresh,
    /// The session's lock is held.
    SessionLockAcquired,
    /// The session's lock was released.
    SessionLockReleased,
    /// The lock of the tab is held.
    TabLockAcquired(Uuid),
    /// Another tab stored or removed the batch of this name.
    OtherTabWrote(String),
    /// The recorder's timer fired.
    TimerFired,
    /// The page is idle.
    Idle,
    /// The network is back.
    Online,
    /// The response to the batch of this number.
    BatchResponse(u32, Response),
    /// The response to the state request of this number.
    StateResponse(u32, Response),
}

/// The collector's response to a request.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The HTTP status; 0 if there was no response.
    pub status: u16,
    /// `Retry-After` in seconds; 0 if the header is missing.
    pub retry_after_s: u32,
    /// The body.
    pub body: String,
}

impl Response {
    fn borrowed(&self) -> delivery::Response<'_> {
        delivery::Response { status: self.status, retry_after: self.retry_after_s, body: &self.body }
    }
}

impl Signal {
    /// The recorder's input.
    pub fn input(&self) -> Input<'_> {
        match self {
            Signal::Hidden => Input::Hidden,
            Signal::Captured(event) => Input::Captured(event),
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
            Signal::BatchResponse(number, response) => Input::BatchResponse(*number, response.borrowed()),
            Signal::StateResponse(number, response) => Input::StateResponse(*number, response.borrowed()),
        }
    }
}

thread_local! {
    static RECEIVER: Cell<Option<fn(Signal)>> = const { Cell::new(None) };
}

/// Sets the receiver of the signals.
pub fn connect(receiver: fn(Signal)) {
    RECEIVER.set(Some(receiver));
}

/// Reports a signal to the receiver.
pub fn report(signal: Signal) {
    if let Some(receiver) = RECEIVER.get() {
        contained(|| receiver(signal));
    }
}
