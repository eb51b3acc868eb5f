//! Level 2 in the browser: listens to the page while the recorder wants it, hands nodes to [`crate::capture`], and
//! tells the recorder of the events. Nothing is listened to while capture is off.
//!
//! The code of level 2 is a file of its own (`www/part.js`), loaded when capture begins for the first time on a page.
//! This module knows that code only as [`Part`].

pub mod attention;
pub mod dom;
mod events;
pub mod functions;
mod listening;
pub mod part;
mod running;

use super::contain::spawn;
use super::outcome::Pending;
use super::{console, timer};
use crate::CallError;
use crate::capture::Rules;
use js_sys::JSON;
use part::Part;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// The time between the first two attempts to load the code, and the longest. It doubles in between.
const RETRY_MS: u32 = 30_000;
const MAX_RETRY_MS: u32 = 1_800_000;

enum State {
    /// Capture has not begun on this page.
    Absent,
    /// The code is being loaded. When it is, capture begins by these rules, and the calls of `explain` are answered.
    /// Calls do not wait for another attempt after one that failed.
    Loading { rules: Option<Rules>, calls: Option<Vec<(JsValue, Pending)>> },
    /// The code is loaded.
    Loaded(Part),
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::Absent) };
}

/// Captures by these rules from now on; `None`: nothing.
pub fn set_rules(rules: Option<Rules>) {
    if let Some(part) = loaded() {
        return (part.set_rules)(rules);
    }
    let begins = STATE.with_borrow_mut(|state| match state {
        State::Loading { rules: waiting, .. } => {
            *waiting = rules;
            false
        }
        _ if rules.is_none() => false,
        state => {
            *state = State::Loading { rules, calls: Some(Vec::new()) };
            true
        }
    });
    if begins {
        spawn(load());
    }
}

/// The page has done something.
pub fn answer() {
    if let Some(part) = loaded() {
        (part.answer)();
    }
}

/// The page is left, or hidden: what is not recorded yet is recorded now.
pub fn leave() {
    if let Some(part) = loaded() {
        (part.leave)();
    }
}

/// Settles the call with what a click on the element would record now.
pub fn explain(element: &JsValue, call: Pending) {
    let (call, has_failed) = STATE.with_borrow_mut(|state| match state {
        State::Loading { calls: Some(calls), .. } => {
            calls.push((element.clone(), call));
            (None, false)
        }
        State::Loading { calls: None, .. } => (Some(call), true),
        _ => (Some(call), false),
    });
    match call {
        Some(call) if has_failed => call.settle(Err(CallError::CaptureNotLoaded.into())),
        Some(call) => settle(call, loaded(), element),
        None => {}
    }
}

/// Settles a call of `explain`.
fn settle(call: Pending, part: Option<Part>, element: &JsValue) {
    let explanation = part.and_then(|part| (part.explain)(element));
    let explanation = explanation.or_else(|| JSON::parse(r#"{"privacy":"off","data":null,"parts":[]}"#).ok());
    call.settle(Ok(explanation.unwrap_or_default()));
}

fn loaded() -> Option<Part> {
    STATE.with_borrow(|state| if let State::Loaded(part) = state { Some(*part) } else { None })
}

/// Loads the code, again and again while it is wanted, because the network may be back later.
async fn load() {
    let mut wait_ms = RETRY_MS;
    loop {
        match part::load().await {
            Ok(part) => {
                let State::Loading { rules, calls } = STATE.replace(State::Loaded(part)) else { return };
                (part.set_rules)(rules);
                let calls = calls.into_iter().flatten();
                return calls.for_each(|(element, call)| settle(call, Some(part), &element));
            }
            Err(part::NotLoaded) => console::warn_once(
                "capture.wasm, the code of level 2, could not be loaded: nothing is captured until it is",
            ),
        }
        let calls = STATE.with_borrow_mut(|state| match state {
            State::Loading { calls, .. } => calls.take(),
            _ => None,
        });
        calls.into_iter().flatten().for_each(|(_, call)| call.settle(Err(CallError::CaptureNotLoaded.into())));
        let _ = timer::pause(wait_ms).await;
        wait_ms = (wait_ms * 2).min(MAX_RETRY_MS);
        let is_wanted = STATE.with_borrow_mut(|state| {
            let is_wanted = matches!(state, State::Loading { rules: Some(_), .. });
            match state {
                State::Loading { calls, .. } if is_wanted => *calls = Some(Vec::new()),
                _ => *state = State::Absent,
            }
            is_wanted
        });
        if !is_wanted {
            return;
        }
    }
}
