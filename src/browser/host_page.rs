//! What the recorder asks of the loader: to settle the page's flushes, and to start once it can.

use crate::call_error::FlushError;
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

struct Loader {
    settle: Function,
    hurry: Function,
}

thread_local! {
    static LOADER: RefCell<Option<Loader>> = const { RefCell::new(None) };
}

/// `settle` is called with the trouble, or an empty text, when the flushes are done; `hurry` when `init` may succeed now.
pub fn connect(settle: Function, hurry: Function) {
    LOADER.set(Some(Loader { settle, hurry }));
}

/// The flushes asked for so far are done: everything was acknowledged, or why not.
pub fn settle_flushes(outcome: Result<(), FlushError>) {
    let trouble = outcome.err().map(|error| error.message()).unwrap_or_default();
    let settle = LOADER.with_borrow(|loader| loader.as_ref().map(|loader| loader.settle.clone()));
    let _ = settle.map(|settle| settle.call1(&JsValue::UNDEFINED, &trouble.into()));
}

/// `init` may succeed now.
pub fn hurry() {
    let hurry = LOADER.with_borrow(|loader| loader.as_ref().map(|loader| loader.hurry.clone()));
    let _ = hurry.map(|hurry| hurry.call0(&JsValue::UNDEFINED));
}
