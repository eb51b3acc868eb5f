//! An event listener that ends when it is dropped.

use super::bindings::ListenerTarget;
use super::contain::contained;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Hears an event of a target until it is dropped.
#[must_use = "a listener ends when it is dropped"]
pub struct Listener {
    target: ListenerTarget,
    name: &'static str,
    // `Fn`: a page may dispatch the event again from within.
    closure: Closure<dyn Fn(Event)>,
}

impl Listener {
    /// Calls `happened` with each event `name` of `target`, before the page's own listeners: those may record.
    pub fn new(target: &EventTarget, name: &'static str, happened: impl Fn(Event) + 'static) -> Self {
        let target = target.unchecked_ref::<ListenerTarget>().clone();
        let closure = Closure::<dyn Fn(Event)>::new(move |event| contained(|| happened(event)));
        // Where a page's own `addEventListener` throws, this is not heard.
        let _ = target.add(name, closure.as_ref().unchecked_ref(), true);
        Listener { target, name, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove(self.name, self.closure.as_ref().unchecked_ref(), true);
    }
}
