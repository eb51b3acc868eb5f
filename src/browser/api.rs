//! What the loader calls.

use super::command::PageCall;
use super::{clock, host_page, runtime, settings_text, shown, site_settings};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

/// Makes the call that the page made. `done` is called with what was wrong, or with the JSON of what was asked for, at once
/// but where the page's own code made the call while another was carried out. `at` is when the page made the call, epoch ms,
/// or a number.
///
/// | command | | takes |
/// |---|---|---|
/// | 0 | `init` | `text`: the settings, a line each; `at` |
/// | 1 | `record` | `text`: the type; `data`: the data as JSON; `content`: `<type>:<oId>` of guidance content; `at` |
/// | 2 | `identify` | `text`: the ID; `data`: its signature |
/// | 3 | `reset` | |
/// | 4 | `flush` | the loader is told when it is done |
/// | 5 | `consent` | `at`: the purposes, as bits |
/// | 6 | `level` | `at`: the level |
/// | 7 | `experience` | `at`: 1 to begin, 0 to end |
/// | 8 | `inspect` | |
/// | 9 | `forget` | |
/// | 10 | `state` | `text`: the verb; `content`: `<kind> <name> <days> <1 to record>`; `data`: the value as JSON |
/// | 11 | `stop` | |
#[wasm_bindgen]
pub fn call(command: u32, text: String, data: String, content: String, at: f64, done: Function) {
    runtime::call(PageCall { command, text, data, content, at, done });
}

/// The loader is there: `settle` is called with the trouble, or an empty text, when the page's flushes are done; `hurry` when
/// `init` may succeed now.
#[wasm_bindgen]
pub fn connect(settle: Function, hurry: Function) {
    host_page::connect(settle, hurry);
    runtime::connect();
}

/// Epoch ms, by a clock that nobody can set.
#[wasm_bindgen(js_name = now)]
pub fn now() -> f64 {
    clock::now() as f64
}

/// The page's settings as [`call`] takes them.
///
/// # Errors
/// What a getter among them throws.
#[wasm_bindgen(js_name = settingsText)]
pub fn settings_text(settings: &JsValue) -> Result<String, JsValue> {
    settings_text::lines(settings)
}

/// Takes the answer to a request for the site's settings that the loader has begun.
#[wasm_bindgen(js_name = adoptSettings)]
pub fn adopt_settings(collector: &str, site: &str, answer: Promise) {
    site_settings::adopt(collector, site, answer);
}

/// What `inspect` shows beside what the recorder tells: what is stored, and the last batches.
#[wasm_bindgen(js_name = shown)]
pub fn shown() -> JsValue {
    shown::read()
}
