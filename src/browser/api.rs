//! What the loader calls.

use super::intake;
use crate::input::{Input, Record};
use wasm_bindgen::prelude::*;

/// Makes the call that the page made, and answers with what was wrong, or with nothing. One door for all of them:
/// every exported function would bring its own copies of what turns texts to bytes and back. `at` is when the page made
/// the call, epoch ms.
///
/// | command | | takes |
/// |---|---|---|
/// | 0 | `init` | `text`: the settings, a line each; `at` |
/// | 1 | `record` | `text`: the type; `data`: the data as JSON; `content`: `<type>:<oId>` of guidance content; `at` |
/// | 2 | `identify` | `text`: the ID |
/// | 3 | `reset` | |
/// | 4 | `flush` | the loader's `settle` is called when it is done |
#[wasm_bindgen]
pub fn call(command: u32, text: &str, data: &str, content: &str, at: f64) -> Option<String> {
    let outcome = match command {
        0 => return intake::start(text, at as i64),
        1 => intake::take(Input::Record(Record { at: at as i64, kind: text, data, content })),
        2 => intake::take(Input::Identify(text)),
        3 => intake::take(Input::Reset),
        _ => intake::take(Input::Flush),
    };
    outcome.err().map(str::to_owned)
}
