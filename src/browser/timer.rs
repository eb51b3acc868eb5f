//! Timers: the recorder's timer, and timers that run an action once.

use super::contain::contained;
use super::signal::{self, Signal};
use gloo_timers::callback::Timeout;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// The maximum delay of a timer: browsers run timers with a longer delay at once.
const MAX_DELAY_MS: i64 = i32::MAX as i64;

thread_local! {
    static WAKE: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Sets the recorder's timer to go off in `in_ms`, or clears it.
pub fn wake_in(in_ms: Option<i64>) {
    let timeout = in_ms.map(|in_ms| {
        Timeout::new(in_ms.clamp(0, MAX_DELAY_MS) as u32, || {
            signal::report(Signal::TimerFired);
        })
    });
    let before = WAKE.replace(timeout);
    drop(before);
}

/// Runs `action` once, in `ms`. It cannot be cancelled.
pub fn after(ms: u32, action: impl FnOnce() + 'static) {
    // The closure frees itself after its call.
    Timeout::new(ms, || contained(action)).forget();
}

/// A promise that resolves in `ms`.
pub fn pause(ms: u32) -> Promise {
    let promise = Promise::new(&mut |settle, _| {
        after(ms, move || {
            let _ = settle.call0(&JsValue::UNDEFINED);
        });
    });
    // Promises that are waited for here have been through `resolve` (www/intrinsics.js).
    Promise::resolve(&promise)
}
