//! What the loader calls. Each call answers with what was wrong, or with nothing.

use super::{intake, lifecycle, settings};
use crate::{Config, Input, input};
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Starts the recorder with the page's settings.
#[wasm_bindgen]
pub fn init(settings: JsValue) -> Option<String> {
    let config: Config = match settings::read(settings) {
        Ok(config) => config,
        Err(why) => return Some(why),
    };
    let outcome = intake::start(config);
    if outcome.is_ok() {
        lifecycle::watch();
    }
    wrong(outcome)
}

/// Records an event: `data` is the text of its data, `content` is `<type>:<oId>` for guidance content, else empty.
#[wasm_bindgen]
pub fn record(kind: &str, data: &str, content: &str, at: f64) -> Option<String> {
    wrong(intake::take(Input::Record(input::Record { at: at as i64, kind, data, content })))
}

/// Says who the user is.
#[wasm_bindgen]
pub fn identify(id: &str) -> Option<String> {
    wrong(intake::take(Input::Identify(id)))
}

/// Forgets who the user was.
#[wasm_bindgen]
pub fn reset() -> Option<String> {
    wrong(intake::take(Input::Reset))
}

/// Sends everything; `done` is called with nothing when it arrived, else with what went wrong.
#[wasm_bindgen]
pub fn flush(done: Function) -> Option<String> {
    wrong(intake::with(|recorder, host| {
        let ticket = host.ticket(done);
        recorder.on(Input::Flush(ticket), host)
    }))
}

fn wrong(outcome: Result<(), &'static str>) -> Option<String> {
    outcome.err().map(str::to_owned)
}
