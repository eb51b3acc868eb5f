//! What the loader calls.

use super::command::PageCall;
use super::page::Place;
use super::{clock, host_page, provider, runtime, shown, site_settings};
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

/// Makes the call that the page made. `done` is called with what was wrong, with what was asked for, and with whether what was
/// wrong follows from what the user or the site's owner decided, which the console does not show: at once but where the page's
/// own code made the call while another was carried out. `busy` is what is wrong where the call must be made again. `at` is
/// when the page made the call, epoch ms, or a number. A call that had to wait was made at the address `href`, under `title`.
///
/// | command | | takes |
/// |---|---|---|
/// | 0 | `init` | `text`: the settings as JSON; `at` |
/// | 1 | `record` | `text`: the type; `data`: the data as JSON; `content`: `<type>:<oId>` of guidance content; `at` |
/// | 2 | `identify` | `text`: the ID; `data`: its signature |
/// | 3 | `reset` | |
/// | 4 | `flush` | the loader is told when it is done |
/// | 5 | `consent` | `at`: the purposes, as bits |
/// | 6 | `level` | `at`: the level |
/// | 7 | `experience` | `at`: 1 to begin, 0 to end |
/// | 8 | `inspect` | |
/// | 9 | `forget` | |
/// | 10 | `state` | `text`: the verb, `keep` for a `set` without an event; `content`: kind, line break, name; `data`: the value as JSON; `at`: the days |
/// | 11 | `stop` | |
///
/// # Examples
/// `call(10, "set", "3", "task\n7", 365, done)` keeps 3 under the task 7 for a year.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn call(
    command: u32,
    text: String,
    data: String,
    content: String,
    at: f64,
    done: Function,
    href: Option<String>,
    title: Option<String>,
) {
    let place = href.map(|href| Place { href, title: title.unwrap_or_default() });
    runtime::call(PageCall { command, text, data, content, at, place, done });
}

/// The loader is there: `settle` is called with the trouble, or an empty text, when the page's flushes are done; `hurry` when
/// `init` may succeed now. Settings name functions of the page by their index in `functions`.
#[wasm_bindgen]
pub fn connect(settle: Function, hurry: Function, functions: Array) {
    host_page::connect(settle, hurry);
    provider::set_functions(functions);
    runtime::connect();
}

/// Epoch ms, by a clock that nobody can set.
#[wasm_bindgen(js_name = now)]
pub fn now() -> f64 {
    clock::now() as f64
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
