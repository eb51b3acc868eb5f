//! Settles the promises of calls.

use super::call::PageCall;
use super::command::Command;
use super::{capture, flushes, listeners, shown};
use crate::CallError;
use crate::recorder::{Follower, Reply};
use js_sys::JSON;
use wasm_bindgen::JsValue;

/// Settles the promise of `call` with its outcome. Nothing may be borrowed.
pub fn answer(call: PageCall, outcome: Result<Reply, CallError>) {
    let outcome = match (outcome, &call.command) {
        (Ok(_), Command::Flush) => return flushes::add(call.pending),
        (Ok(_), Command::On { name, listener }) => Follower::named(name)
            .ok_or(CallError::TopicUnknown)
            .and_then(|follower| listeners::add(follower, listener.clone())),
        (Ok(_), Command::Explain(element)) => return capture::explain(element, call.pending),
        (outcome, command) => outcome.map(|reply| {
            let value = value_of(&reply);
            if matches!(command, Command::Inspect) && value.is_object() {
                shown::complete(&value);
            }
            value
        }),
    };
    let note = match &call.command {
        Command::Record { note, .. } => note.as_deref(),
        _ => None,
    };
    call.pending.settle_with(outcome.map_err(Into::into), note);
}

/// The reply as a JavaScript value. It crosses as one JSON text, because values of the user's state are JSON already.
fn value_of(reply: &Reply) -> JsValue {
    match reply {
        Reply::Done => JsValue::UNDEFINED,
        reply => serde_json::to_string(reply).ok().and_then(|json| JSON::parse(&json).ok()).unwrap_or_default(),
    }
}
