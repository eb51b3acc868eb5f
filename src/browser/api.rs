//! The functions that JavaScript calls: one for each command, and a few for the loader. Each command returns a promise
//! of its [`Outcome`](super::outcome::Pending), which never rejects. Arguments may have any type.

use super::arguments::{self, Read};
use super::call::{Moment, PageCall};
use super::command::Command;
use super::outcome::Pending;
use super::page::PageSnapshot;
use super::{page_function, runtime, site_settings};
use crate::CallError;
use js_sys::{Function, Promise};
use std::borrow::Cow;
use wasm_bindgen::prelude::*;

/// Reads the arguments first: getters of the page run then, and may make calls.
fn call(command: &'static str, read: &dyn Fn() -> Read) -> Promise {
    let moment = Moment::of_call();
    let read = read();
    let (pending, promised) = Pending::new(Cow::Borrowed(command));
    match read {
        Ok(command) => runtime::call(PageCall { command, moment, until: None, pending }),
        Err(refusal) => pending.settle(Err(refusal)),
    }
    promised.promise()
}

/// Starts the recorder with settings that may restrict those of the site's owner, and records the first page view. The
/// first call that succeeds counts.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn init(#[wasm_bindgen(unchecked_param_type = "Settings")] settings: JsValue) -> Promise {
    call("init", &|| arguments::init(&settings))
}

/// Records an event. `flush` reports whether it arrived.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn record(
    #[wasm_bindgen(js_name = "type", unchecked_param_type = "string")] kind: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "object")] data: JsValue,
) -> Promise {
    call("record", &|| arguments::record(&kind, &data))
}

/// Identifies the user as `id` from now on, on this page. With a `signature` of the site's server, the user's browsers
/// share the user's state.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn identify(
    #[wasm_bindgen(unchecked_param_type = "string | number | bigint")] id: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "{ signature?: string }")] options: JsValue,
) -> Promise {
    call("identify", &|| arguments::identify(&id, &options))
}

/// Signs the user out: begins a new session with a new anonymous user.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn reset() -> Promise {
    call("reset", &|| Ok(Command::Reset))
}

/// Sends the queued events. Settles when the collector has acknowledged every event recorded before the call, or has
/// not.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn flush() -> Promise {
    call("flush", &|| Ok(Command::Flush))
}

/// Sets what the user agreed to.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn consent(#[wasm_bindgen(unchecked_param_type = "Consent")] answer: JsValue) -> Promise {
    call("consent", &|| arguments::consent(&answer))
}

/// Limits the level on this page.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn level(#[wasm_bindgen(unchecked_param_type = "Level")] most: JsValue) -> Promise {
    call("level", &|| arguments::level(&most))
}

/// In manual mode: allows levels 2 and 3, or ends them.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn experience(#[wasm_bindgen(js_name = "isOn", unchecked_param_type = "boolean")] is_on: JsValue) -> Promise {
    call("experience", &|| arguments::experience(&is_on))
}

/// Returns what a click on the element, or on the first one that a selector finds, would record now, and the rule that
/// censors or hides it.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome<Explanation>>")]
pub fn explain(#[wasm_bindgen(unchecked_param_type = "Element | string")] element: JsValue) -> Promise {
    call("explain", &|| arguments::explain(&element))
}

/// Returns everything that the recorder holds and has stored, and the last batches.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome<{ [member: string]: unknown }>>")]
pub fn inspect() -> Promise {
    call("inspect", &|| Ok(Command::Inspect))
}

/// Removes all data in the browser, ends recording on this page, and asks the collector to erase the data of the
/// anonymous user.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn forget() -> Promise {
    call("forget", &|| Ok(Command::Forget))
}

/// Returns an entry of the user's state; `null` if there is none.
#[wasm_bindgen(js_name = stateGet, unchecked_return_type = "Promise<Outcome<StateEntry | null>>")]
pub fn state_get(
    #[wasm_bindgen(unchecked_param_type = "StateKind")] kind: JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | number")] name: JsValue,
) -> Promise {
    call("state.get", &|| arguments::get_state(&kind, &name))
}

/// Stores an entry of the user's state for `days` days, 365 by default, and records the change unless `record` is
/// `false`.
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

/// Returns all entries of the user's state.
#[wasm_bindgen(js_name = stateAll, unchecked_return_type = "Promise<Outcome<StateEntry[]>>")]
pub fn state_all() -> Promise {
    call("state.all", &|| Ok(Command::AllState))
}

/// Calls `listener` soon with the current value, and then after each change. The outcome's value is a function that
/// removes the listener.
#[wasm_bindgen(skip_typescript)]
pub fn on(name: JsValue, listener: JsValue) -> Promise {
    call("on", &|| arguments::on(&name, &listener))
}

/// Sends the queued events, and removes recorder, listeners and `window.waymark` from the page.
#[wasm_bindgen(unchecked_return_type = "Promise<Outcome>")]
pub fn stop() -> Promise {
    call("stop", &|| Ok(Command::Stop))
}

/// Settles a call of an unknown command. `names` are the commands.
#[wasm_bindgen(skip_typescript)]
pub fn unknown(command: JsValue, names: JsValue) -> Promise {
    // A conversion to text could run code of the page.
    let name = command.as_string().or_else(|| command.js_typeof().as_string()).unwrap_or_default();
    let (pending, promised) = Pending::new(Cow::Owned(name));
    pending.settle(Err(super::refusal::Refusal::caused(CallError::UnknownCommand, &names)));
    drop(Moment::of_call());
    promised.promise()
}

/// Connects the loader's `function`, which the page calls. The loader has requested a site's settings from `address`;
/// `response` is the promise of `fetch`.
#[wasm_bindgen(skip_typescript)]
pub fn connect(function: Function, address: Option<String>, response: Option<Promise>) {
    page_function::set(function);
    runtime::connect();
    if let (Some(address), Some(response)) = (address, response) {
        site_settings::prefetched(address, response);
    }
}

/// Declares that the next call waited for the recorder: the page made it at `at`, epoch ms, at this address and with
/// this title, if they are known.
#[wasm_bindgen(js_name = asOf, skip_typescript)]
pub fn as_of(at: f64, href: Option<String>, title: Option<String>) {
    let page = href.map(|href| PageSnapshot { href, title: title.unwrap_or_default() });
    Moment::set_next(Moment { at: at as i64, page });
}

/// Ends the recorder after an exception: settles the waiting calls with an error, and makes no further calls.
#[wasm_bindgen(skip_typescript)]
pub fn abandon() {
    runtime::abandon(CallError::Failed);
}
