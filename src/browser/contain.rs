//! Keeps exceptions and traps out of the page. Listeners, timers and promises call back without anything around them that
//! catches: what they let out would reach the page's `error` event.

use js_sys::Array;
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
    let mut run = || {
        if let Some(action) = action.take() {
            action();
        }
    };
    let _ = apply(&mut run, &JsValue::UNDEFINED, &Array::new());
    // A page may have replaced `Reflect.apply`.
    run();
}
