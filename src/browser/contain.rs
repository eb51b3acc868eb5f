//! Keeps exceptions and traps out of the page. Listeners, timers and promises call back without anything around them
//! that catches: what they let out would reach the page's `error` event.

use js_sys::Array;
use js_sys::futures::spawn_local;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = apply)]
    fn apply(action: &mut dyn FnMut(), this: &JsValue, arguments: &Array) -> Result<JsValue, JsValue>;
}

/// Runs `action`, and ends there what it throws. An exception that has passed through wasm leaves a little of its stack
/// occupied: what a page is known to throw is caught where it is called.
pub fn contained(action: impl FnOnce()) {
    let mut action = Some(action);
    run(&mut || {
        if let Some(action) = action.take() {
            action();
        }
    });
}

fn run(action: &mut dyn FnMut()) {
    let _ = apply(&mut || action(), &JsValue::UNDEFINED, &Array::new());
    // A page may have replaced `Reflect.apply`. What has run once does nothing the second time.
    action();
}

/// Runs `future` from the next microtask on, as [`contained`]: one that throws has ended.
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
