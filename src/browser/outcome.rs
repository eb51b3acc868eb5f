//! Outcomes: the object that a call's promise resolves to, and the warning on the console if the call failed.

use super::bindings::CallOutcome;
use super::console;
use super::members::bare;
use super::refusal::Refusal;
use js_sys::{Function, Promise};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// An outcome that a call waits for.
#[derive(Debug)]
pub struct Pending {
    /// The command, for the warning.
    command: Cow<'static, str>,
    state: Rc<RefCell<State>>,
}

/// The promise of an outcome, made when the call returns: most calls are settled by then, and need no waiting promise.
#[derive(Debug)]
pub struct Promised(Rc<RefCell<State>>);

#[derive(Debug)]
enum State {
    /// The call has not returned.
    Calling,
    /// The call has not returned, and has this outcome.
    Settled(CallOutcome),
    /// The page has the promise, which this function settles.
    Promised(Function),
}

impl Promised {
    /// The promise that the page gets.
    pub fn promise(self) -> Promise {
        Promise::new(&mut |settle, _| {
            let state = self.0.replace(State::Promised(settle.clone()));
            if let State::Settled(outcome) = state {
                resolve(&settle, &outcome);
            }
        })
    }
}

/// The resolving function of a promise does not throw.
fn resolve(settle: &Function, outcome: &CallOutcome) {
    let _ = settle.call1(&JsValue::UNDEFINED, outcome);
}

impl Pending {
    /// An outcome to settle, and what becomes its promise.
    pub fn new(command: Cow<'static, str>) -> (Self, Promised) {
        let state = Rc::new(RefCell::new(State::Calling));
        (Pending { command, state: state.clone() }, Promised(state))
    }

    /// Settles it. Nothing may be borrowed, because a setter on `Object.prototype` can run code of the page.
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
        let settle = match &*self.state.borrow() {
            State::Promised(settle) => Some(settle.clone()),
            _ => None,
        };
        match settle {
            Some(settle) => resolve(&settle, &settled),
            None => drop(self.state.replace(State::Settled(settled))),
        }
    }
}
