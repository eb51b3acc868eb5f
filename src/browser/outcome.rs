//! Outcomes: the object that a call's promise resolves to, and the warning on the console if the call failed.

use super::bindings::{CallOutcome, bare};
use super::console;
use super::refusal::Refusal;
use js_sys::{Function, Promise};
use std::borrow::Cow;
use wasm_bindgen::{JsCast, JsValue};

/// A promise of an outcome that the page holds.
#[derive(Debug)]
pub struct Pending {
    /// The command, for the warning.
    command: Cow<'static, str>,
    settle: Function,
}

impl Pending {
    /// A new promise of an outcome.
    pub fn new(command: Cow<'static, str>) -> (Self, Promise) {
        let mut pending = None;
        let promise = Promise::new(&mut |settle, _| pending = Some(settle));
        // A promise calls its executor at once; a page's replacement of `Promise` may not.
        let settle = pending.unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into());
        (Pending { command, settle }, promise)
    }

    /// Settles the promise. Nothing may be borrowed, because a setter on `Object.prototype` can run code of the page.
    pub fn settle(self, outcome: Result<JsValue, Refusal>) {
        self.settle_with(outcome, None);
    }

    /// Settles it; where it was carried out, with a note for the page's developer.
    pub fn settle_with(self, outcome: Result<JsValue, Refusal>, note: Option<&str>) {
        let settled = bare().unchecked_into::<CallOutcome>();
        settled.set_ok(outcome.is_ok());
        if let (Some(note), true) = (note, outcome.is_ok()) {
            settled.set_note(note);
            // Notes name members, of which there may be many.
            console::warn_once_of(&self.command, "parts of data were replaced: the outcome's note names them");
        }
        match outcome {
            Ok(value) if value.is_undefined() => {}
            Ok(value) => settled.set_value(&value),
            Err(refusal) => {
                settled.set_error(&refusal.error);
                if !refusal.is_expected {
                    console::warn_once_of(&self.command, &refusal.error);
                }
            }
        }
        // The resolving function of a promise does not throw.
        let _ = self.settle.call1(&JsValue::UNDEFINED, &settled);
    }
}
