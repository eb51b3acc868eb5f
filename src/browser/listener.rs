//! An event listener that ends when it is dropped.

use super::bindings::ListenerTarget;
use super::contain::contained;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// Listens to an event of a target, until it ends or is dropped.
#[must_use = "a listener ends when it is dropped"]
pub struct Listener {
    target: ListenerTarget,
    name: &'static str,
    // `Fn`, not `FnMut`: the page may dispatch the event again while it is handled.
    closure: Closure<dyn Fn(Event)>,
    is_capture: bool,
}

impl Listener {
    /// Calls `handle` with each event `name` of `target`, before the page's own listeners, which may record.
    pub fn new(target: &EventTarget, name: &'static str, handle: impl Fn(Event) + 'static) -> Self {
        let target = target.unchecked_ref::<ListenerTarget>().clone();
        let closure = Closure::<dyn Fn(Event)>::new(move |event| contained(|| handle(event)));
        // The page may have replaced `addEventListener` by a function that throws. The event is missed then.
        let _ = target.add(name, closure.as_ref().unchecked_ref(), true);
        Listener { target, name, closure, is_capture: true }
    }

    /// Calls `handle` with each event `name` of `target`, and never prevents what the browser does with it: on the way
    /// to the event's own target (`is_capture`), or on the way back.
    pub fn passive(target: &EventTarget, name: &'static str, is_capture: bool, handle: fn(&Event)) -> Self {
        let listener = Listener::silent(target, name, is_capture, handle);
        listener.begin(&passive(is_capture));
        listener
    }

    /// The same, once it begins.
    pub fn silent(target: &EventTarget, name: &'static str, is_capture: bool, handle: fn(&Event)) -> Self {
        let target = target.unchecked_ref::<ListenerTarget>().clone();
        let closure = Closure::<dyn Fn(Event)>::new(move |event| contained(|| handle(&event)));
        Listener { target, name, closure, is_capture }
    }

    /// Listens from now on, with the options of [`passive`].
    pub fn begin(&self, options: &AddEventListenerOptions) {
        let _ = self.target.add_with(self.name, self.closure.as_ref().unchecked_ref(), options);
    }

    /// Does not listen any more.
    pub fn end(&self) {
        let _ = self.target.remove(self.name, self.closure.as_ref().unchecked_ref(), self.is_capture);
    }
}

/// The options of listeners that never prevent what the browser does.
pub fn passive(is_capture: bool) -> AddEventListenerOptions {
    let options = AddEventListenerOptions::new();
    options.set_capture(is_capture);
    options.set_passive(true);
    options
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.end();
    }
}
