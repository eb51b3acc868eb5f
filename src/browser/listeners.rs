//! The page's listeners. What a listener throws is written to the console.

use super::bindings::text_of;
use super::console;
use crate::CallError;
use crate::recorder::Follower;
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// The maximum number of listeners of a page.
const MAX_LISTENERS: usize = 100;

/// A listener of one topic.
struct Listener {
    id: u32,
    /// The last notice to the listener.
    follower: Rc<RefCell<Follower>>,
    function: Function,
}

thread_local! {
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    static ADDED: Cell<u32> = const { Cell::new(0) };
}

/// Adds a listener. Returns the function that removes it.
///
/// # Errors
/// The page has too many listeners.
pub fn add(follower: Follower, function: Function) -> Result<JsValue, CallError> {
    if LISTENERS.with_borrow(Vec::len) >= MAX_LISTENERS {
        return Err(CallError::ListenersFull);
    }
    let id = ADDED.replace(ADDED.get() + 1);
    LISTENERS.with_borrow_mut(|listeners| {
        listeners.push(Listener { id, follower: Rc::new(RefCell::new(follower)), function })
    });
    // The function belongs to the page, and is freed when the page has dropped it.
    Ok(Closure::<dyn Fn()>::new(move || remove(id)).into_js_value())
}

fn remove(id: u32) {
    LISTENERS.with_borrow_mut(|listeners| listeners.retain(|one| one.id != id));
}

/// Whether there are listeners.
pub fn is_any() -> bool {
    LISTENERS.with_borrow(|listeners| !listeners.is_empty())
}

/// Removes all listeners.
pub fn clear() {
    drop(LISTENERS.take());
}

/// All listeners: number and last notice.
pub fn all() -> Vec<(u32, Rc<RefCell<Follower>>)> {
    LISTENERS.with_borrow(|listeners| listeners.iter().map(|one| (one.id, Rc::clone(&one.follower))).collect())
}

/// Calls the listener with that number, if it has not been removed.
pub fn call(id: u32, value: &JsValue) {
    let function =
        LISTENERS.with_borrow(|listeners| listeners.iter().find(|one| one.id == id).map(|one| one.function.clone()));
    if let Some(Err(thrown)) = function.map(|function| function.call1(&JsValue::UNDEFINED, value)) {
        let thrown = text_of(&thrown).unwrap_or_default();
        console::warn_once_of("on", &(String::from("a listener has thrown: ") + &thrown));
    }
}
