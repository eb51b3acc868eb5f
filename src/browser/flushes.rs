//! The page's flushes that wait for the collector's answer.

use super::outcome::Pending;
use crate::call_error::FlushError;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

thread_local! {
    static FLUSHES: RefCell<Vec<Pending>> = const { RefCell::new(Vec::new()) };
}

/// A flush waits.
pub fn add(flush: Pending) {
    FLUSHES.with_borrow_mut(|flushes| flushes.push(flush));
}

/// Those that wait; none does any more.
pub fn take() -> Vec<Pending> {
    FLUSHES.take()
}

/// The flushes that wait are done: everything was acknowledged, or why not.
pub fn settle(outcome: Result<(), FlushError>) {
    for flush in take() {
        flush.settle(outcome.map(|()| JsValue::UNDEFINED).map_err(Into::into));
    }
}
