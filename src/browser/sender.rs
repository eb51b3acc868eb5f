//! Sends batches, and tells the recorder what came of it.

use super::intake;
use crate::Input;
use crate::host::Post;
use crate::outbox::Answer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = post)]
    fn send(url: &str, body: &str, number: u32, answered: &Closure<dyn Fn(u32, u16, u32)>);
}

thread_local! {
    /// Lives as long as the page: an answer may come at any time.
    static ANSWERED: Closure<dyn Fn(u32, u16, u32)> = Closure::new(|number, status, retry_after| {
        // A refusal says that there is no recorder any more.
        let _ = intake::take(Input::Answered(number, Answer { status, retry_after }));
    });
}

/// Sends the batch; the answer arrives as [`Input::Answered`].
pub fn post(url: &str, post: &Post) {
    ANSWERED.with(|answered| send(url, &post.body, post.number, answered));
}
