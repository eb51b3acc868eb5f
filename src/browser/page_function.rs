//! `window.waymark`, as far as it is this recorder's.

use super::bindings::{WINDOW, delete_member, member};
use js_sys::{Function, Object};
use std::cell::RefCell;

const NAME: &str = "waymark";

thread_local! {
    static FUNCTION: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// The page calls this recorder by `function`.
pub fn set(function: Function) {
    FUNCTION.set(Some(function));
}

/// Takes it off the page, unless another one stands there.
pub fn remove() {
    let Some(function) = FUNCTION.take() else { return };
    WINDOW.with(|window| {
        if member(window, NAME).is_ok_and(|found| Object::is(&found, &function)) {
            // A page that has frozen it keeps it.
            let _ = delete_member(window, NAME);
        }
    });
}
