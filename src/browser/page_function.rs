//! `window.waymark`, the function by which the page calls this recorder.

use super::bindings::{WINDOW, delete_member};
use super::members::member;
use js_sys::{Function, Object};
use std::cell::RefCell;

const NAME: &str = "waymark";

thread_local! {
    static FUNCTION: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Sets the function by which the page calls this recorder.
pub fn set(function: Function) {
    FUNCTION.set(Some(function));
}

/// Removes the function from the page, unless another function has replaced it.
pub fn remove() {
    let Some(function) = FUNCTION.take() else { return };
    WINDOW.with(|window| {
        if member(window, NAME).is_ok_and(|found| Object::is(&found, &function)) {
            // A page that has frozen the property keeps the function.
            let _ = delete_member(window, NAME);
        }
    });
}
