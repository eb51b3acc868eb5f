//! Keeps exceptions and traps away from the page. The browser calls listeners, timers and promise reactions directly,
//! so that an exception in one of them would reach the page's `error` event.

use js_sys::Array;
use js_sys::futures::spawn_local;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = apply)]
    fn apply(action: &mut dyn FnMut(), this: &JsValue, arguments: &Array) -> Result<JsValue, JsValue>;
}

thread_local! {
    static ESCAPED: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// Calls `escaped` from now on when [`contained`] discards an exception.
pub fn on_escape(escaped: fn()) {
    ESCAPED.set(Some(escaped));
}

/// Runs `action` and discards what it throws. An exception that passes through wasm leaves a little of the stack
/// occupied, so exceptions that a page is known to throw are caught at the call.
pub fn contained(action: impl FnOnce()) {
    let mut action = Some(action);
    run(&mut || {
        if let Some(action) = action.take() {
            action();
        }
    });
}

fn run(action: &mut dyn FnMut()) {
    let outcome = apply(&mut || action(), &JsValue::UNDEFINED, &Array::new());
    if let (Err(_), Some(escaped)) = (outcome, ESCAPED.get()) {
        escaped();
    }
}

/// Runs `future` from the next microtask on, each poll as with [`contained`]. A future that throws has ended.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(future));
}

fn spawn_boxed(mut future: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(poll_fn(move |context| {
        let mut state = Poll::Ready(());
        contained(|| state = future.as_mut().poll(context));
        state
    }));
}
