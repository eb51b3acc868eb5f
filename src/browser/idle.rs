//! Reports idle moments of the page, in which the recorder stores unsent events.

use super::bindings::WINDOW;
use super::contain::spawn;
use super::members::{bare, window_function};
use super::signal::{self, Signal};
use super::{clock, page, timer};
use js_sys::Object;
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdleRequestOptions;

/// The minimum time between two reports.
const INTERVAL_MS: i64 = 250;
/// The maximum wait for an idle moment.
const TIMEOUT_MS: u32 = 1_000;

thread_local! {
    static REPORTED_AT: Cell<i64> = const { Cell::new(0) };
}

/// Reports [`Signal::Idle`] soon.
pub fn when_idle() {
    let wait_ms = REPORTED_AT.get() + INTERVAL_MS - clock::now();
    if wait_ms > 0 {
        timer::after(wait_ms as u32, request);
    } else if page::is_hidden() {
        // Browsers delay the timers of a hidden page, so its events are stored at once.
        spawn(async { report() });
    } else {
        request();
    }
}

fn report() {
    REPORTED_AT.set(clock::now());
    signal::report(Signal::Idle);
}

fn request() {
    let options = bare().unchecked_into::<IdleRequestOptions>();
    options.set_timeout(TIMEOUT_MS);
    let called = window_function("requestIdleCallback").is_some_and(|request| {
        // The closure frees itself after its call.
        let report = Closure::once_into_js(|_: JsValue| report());
        WINDOW.with(|window| request.call2(window, &report, options.unchecked_ref::<Object>())).is_ok()
    });
    if !called {
        timer::after(0, report);
    }
}
