//! Tells when the page has nothing else to do: what is not delivered is kept then.

use super::bindings::{WINDOW, window_function};
use super::contain::spawn;
use super::signal::{self, Signal};
use super::{clock, page, timer};
use js_sys::Object;
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdleRequestOptions;

/// It is told so often at the most, and at the latest after so long.
const SOON_MS: i64 = 250;
const LATEST_MS: u32 = 1_000;

thread_local! {
    static TOLD_AT: Cell<i64> = const { Cell::new(0) };
}

/// Tells [`Signal::Idle`] soon.
pub fn when_idle() {
    let wait_ms = TOLD_AT.get() + SOON_MS - clock::now();
    if wait_ms > 0 {
        timer::after(wait_ms as u32, request);
    } else if page::is_hidden() {
        // What is recorded in a page that nobody sees is kept at once: browsers run its timers late.
        spawn(async { tell() });
    } else {
        request();
    }
}

fn tell() {
    TOLD_AT.set(clock::now());
    signal::tell(Signal::Idle);
}

fn request() {
    let options = IdleRequestOptions::new();
    options.set_timeout(LATEST_MS);
    let called = window_function("requestIdleCallback").is_some_and(|request| {
        // Called once, it frees itself.
        let tell = Closure::once_into_js(|_: JsValue| tell());
        WINDOW.with(|window| request.call2(window, &tell, options.unchecked_ref::<Object>())).is_ok()
    });
    if !called {
        timer::after(0, tell);
    }
}
