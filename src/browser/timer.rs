//! Timers: the one that wakes the recorder when it asked to be woken, and single ones that go off once.

use super::contain::contained;
use super::signal::{self, Signal};
use gloo_timers::callback::Timeout;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// The longest wait that browsers count right; beyond it they fire at once.
const LONGEST_MS: i64 = i32::MAX as i64;

thread_local! {
    static WAKE: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Wakes the recorder once in so many ms, or not at all; what was set before does not.
pub fn wake_in(in_ms: Option<i64>) {
    let timeout = in_ms.map(|in_ms| {
        Timeout::new(in_ms.clamp(0, LONGEST_MS) as u32, || {
            signal::tell(Signal::TimerFired);
        })
    });
    let before = WAKE.replace(timeout);
    drop(before);
}

/// Runs `action` once, in so many ms. It cannot be taken back.
pub fn after(ms: u32, action: impl FnOnce() + 'static) {
    // It frees itself when it has run; until then it belongs to the page.
    Timeout::new(ms, || contained(action)).forget();
}

/// Settles in so many ms.
pub fn pause(ms: u32) -> Promise {
    Promise::new(&mut |settle, _| {
        after(ms, move || {
            let _ = settle.call0(&JsValue::UNDEFINED);
        });
    })
}
