//! What the browser tells: the page is hidden or left, resized, navigated; a batch was answered.

use super::intake;
use crate::Input;
use crate::outbox::Answer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    fn listen(collector: &str, tell: JsValue);
}

/// From here on the recorder hears of what happens to the page and to the batches sent to the collector.
pub fn watch(collector: &str) {
    // It lives as long as the page does: answers may come at any time.
    listen(collector, Closure::<dyn Fn(u32, u32, u32)>::new(tell).into_js_value());
}

/// The browser's one way in: what happened, as `glue.js` numbers it, and two numbers about it.
fn tell(what: u32, a: u32, b: u32) {
    // A refusal says that there is no recorder, or that it is busy with a call of the page's that came first.
    let _ = intake::take(match what {
        0 => Input::Leaving,
        1 => Input::Navigated,
        2 => Input::Resized,
        _ => Input::Answered(what - 3, Answer { status: a as u16, retry_after: b }),
    });
}
