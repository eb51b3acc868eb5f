//! What JavaScript calls: one function for each command, and three for the loader. Each command returns a promise of
//! its [`Outcome`](super::outcome::Pending), which never rejects; arguments of any type are answered for.

use super::arguments::{self, Read};
use super::call::{Moment, PageCall};
use super::command::Command;
use super::outcome::Pending;
use super::page::Place;
use super::{page_function, runtime, site_settings};
use crate::CallError;
use js_sys::{Function, Promise};
use std::borrow::Cow;
use wasm_bindgen::prelude::*;

/// The arguments are read first: what they run of the page's may make calls of its own.
fn call(command: &'static str, read: &dyn Fn() -> Read) -> Promise {
    let moment = Moment::of_call();
    let read = read();
    let (pending, promise) = Pending::new(Cow::Borrowed(command));
    match read {
        Ok(command) => runtime::call(PageCall { command, moment, until: None, pending }),
        Err(refusal) => pending.settle(Err(refusal)),
    }
    promise
}

/// Starts the recorder, within what the site's owner set at the collector, and records the first page view. Of several
/// calls the first that succeeds counts.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn init(#[wasm_bindgen(unchecked_param_type = "Settings")] settings: JsValue) -> Promise {
    call("init", &|| arguments::init(&settings))
}

/// Records an event. `flush` tells whether it arrived.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn record(
    #[wasm_bindgen(js_name = "type", unchecked_param_type = "string")] kind: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "object")] data: JsValue,
) -> Promise {
    call("record", &|| arguments::record(&kind, &data))
}

/// The user is `id` from here on, on this page. With a `signature` of the site's server the user's state is that of all
/// their browsers.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn identify(
    #[wasm_bindgen(unchecked_param_type = "string | number | bigint")] id: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "{ signature?: string }")] options: JsValue,
) -> Promise {
    call("identify", &|| arguments::identify(&id, &options))
}

/// The user left: a new anonymous user, in a new session.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn reset() -> Promise {
    call("reset", &|| Ok(Command::Reset))
}

/// Sends what is queued. It is answered when every event recorded before it was acknowledged, or was not.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn flush() -> Promise {
    call("flush", &|| Ok(Command::Flush))
}

/// What the user agreed to.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn consent(#[wasm_bindgen(unchecked_param_type = "Consent")] answer: JsValue) -> Promise {
    call("consent", &|| arguments::consent(&answer))
}

/// The page wants no more than this level.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn level(#[wasm_bindgen(unchecked_param_type = "Level")] most: JsValue) -> Promise {
    call("level", &|| arguments::level(&most))
}

/// In manual mode: levels 2 and 3 may begin, or must end.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn experience(#[wasm_bindgen(js_name = "isOn", unchecked_param_type = "boolean")] is_on: JsValue) -> Promise {
    call("experience", &|| arguments::experience(&is_on))
}

/// Shows everything that is held, kept and was sent lately.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome<{ [member: string]: unknown }>>")]
pub fn inspect() -> Promise {
    call("inspect", &|| Ok(Command::Inspect))
}

/// Removes everything here, collects nothing more on this page, and asks the collector to erase what it has of the
/// anonymous user.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn forget() -> Promise {
    call("forget", &|| Ok(Command::Forget))
}

/// An entry of the user's state; `null` if there is none.
#[wasm_bindgen(js_name = stateGet, unchecked_return_type = "Promise<Outcome<StateEntry | null>>")]
pub fn state_get(
    #[wasm_bindgen(unchecked_param_type = "StateKind")] kind: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | number")] name: JsValue,
) -> Promise {
    call("state.get", &|| arguments::get_state(&kind, &name))
}

/// Keeps an entry of the user's state for so many days, 365 unless the page says otherwise, and records the change
/// unless `record` is `false`.
#[wasm_bindgen(js_name = stateSet, unchecked_return_type = "Promise<Outcome>")]
pub fn state_set(
    #[wasm_bindgen(unchecked_param_type = "StateKind")] kind: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | number")] name: JsValue,
    #[wasm_bindgen(unchecked_param_type = "unknown")] value: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "{ days?: number; record?: boolean }")] options: JsValue,
) -> Promise {
    call("state.set", &|| arguments::set_state(&kind, &name, &value, &options))
}

/// Removes an entry of the user's state.
#[wasm_bindgen(js_name = stateRemove, unchecked_return_type = "Promise<Outcome>")]
pub fn state_remove(
    #[wasm_bindgen(unchecked_param_type = "StateKind")] kind: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | number")] name: JsValue,
) -> Promise {
    call("state.remove", &|| arguments::remove_state(&kind, &name))
}

/// All entries of the user's state.
#[wasm_bindgen(js_name = stateAll, unchecked_return_type = "Promise<Outcome<StateEntry[]>>")]
pub fn state_all() -> Promise {
    call("state.all", &|| Ok(Command::AllState))
}

/// Calls `listener` soon with what holds, and then whenever it has changed. The value is a function that takes the
/// listener off.
#[wasm_bindgen(skip_typescript)]
pub fn on(name: JsValue, listener: JsValue) -> Promise {
    call("on", &|| arguments::on(&name, &listener))
}

/// Sends what is queued, and takes recorder, listeners and `window.waymark` off the page.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn stop() -> Promise {
    call("stop", &|| Ok(Command::Stop))
}

/// Answers a call of a command that there is not. `names` are the commands.
#[wasm_bindgen(skip_typescript)]
pub fn unknown(command: JsValue, names: JsValue) -> Promise {
    // Nothing of the page's is asked for its text.
    let name = command.as_string().or_else(|| command.js_typeof().as_string()).unwrap_or_default();
    let (pending, promise) = Pending::new(Cow::Owned(name));
    pending.settle(Err(super::refusal::Refusal::caused(CallError::UnknownCommand, &names)));
    drop(Moment::of_call());
    promise
}

/// The loader is there, and the page calls `function`. `settings`: a request that the loader has begun for a site's
/// settings, as collector, site and promise.
#[wasm_bindgen(skip_typescript)]
pub fn connect(function: Function, collector: Option<String>, site: Option<String>, answer: Option<Promise>) {
    page_function::set(function);
    runtime::connect();
    if let (Some(collector), Some(site), Some(answer)) = (collector, site, answer) {
        site_settings::adopt(&collector, &site, answer);
    }
}

/// The next call waited for the recorder: it was made at `at`, epoch ms, on the page of that address and title, where
/// they are known.
#[wasm_bindgen(js_name = asOf, skip_typescript)]
pub fn as_of(at: f64, href: Option<String>, title: Option<String>) {
    let place = href.map(|href| Place { href, title: title.unwrap_or_default() });
    Moment::set_next(Moment { at: at as i64, place });
}

/// An exception came out of the recorder: calls that wait are answered, and no other is made.
#[wasm_bindgen(skip_typescript)]
pub fn abandon() {
    runtime::abandon(CallError::Failed);
}
