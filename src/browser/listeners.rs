//! The page's listeners. What one throws harms nobody: the console shows it.

use super::bindings::text_of;
use super::console;
use crate::CallError;
use crate::recorder::Follower;
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// How many a page may have.
const MOST: usize = 100;

/// A listener of one subject.
struct Listener {
    id: u32,
    /// What it was told last.
    follower: Rc<RefCell<Follower>>,
    function: Function,
}

thread_local! {
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    static ADDED: Cell<u32> = const { Cell::new(0) };
}

/// Adds one. Returns the function that takes it off.
///
/// # Errors
/// The page has too many.
pub fn add(follower: Follower, function: Function) -> Result<JsValue, CallError> {
    if LISTENERS.with_borrow(Vec::len) >= MOST {
        return Err(CallError::ListenersFull);
    }
    let id = ADDED.replace(ADDED.get() + 1);
    LISTENERS.with_borrow_mut(|listeners| {
        listeners.push(Listener { id, follower: Rc::new(RefCell::new(follower)), function })
    });
    // It belongs to the page, and is freed when the page has dropped it.
    Ok(Closure::<dyn Fn()>::new(move || remove(id)).into_js_value())
}

fn remove(id: u32) {
    LISTENERS.with_borrow_mut(|listeners| listeners.retain(|one| one.id != id));
}

/// Whether there are any.
pub fn is_any() -> bool {
    LISTENERS.with_borrow(|listeners| !listeners.is_empty())
}

/// Takes all of them off.
pub fn clear() {
    drop(LISTENERS.take());
}

/// Who they are, and what each was told last.
pub fn all() -> Vec<(u32, Rc<RefCell<Follower>>)> {
    LISTENERS.with_borrow(|listeners| listeners.iter().map(|one| (one.id, Rc::clone(&one.follower))).collect())
}

/// Calls the listener with that number, unless it was taken off.
pub fn call(id: u32, value: &JsValue) {
    let function =
        LISTENERS.with_borrow(|listeners| listeners.iter().find(|one| one.id == id).map(|one| one.function.clone()));
    if let Some(Err(thrown)) = function.map(|function| function.call1(&JsValue::UNDEFINED, value)) {
        let thrown = text_of(&thrown).unwrap_or_default();
        console::warn_once_of("on", &(String::from("a listener has thrown: ") + &thrown));
    }
}
