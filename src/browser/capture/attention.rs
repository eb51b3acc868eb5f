//! What the page does after a press or a click, and what the user does then. It is listened to only while it matters.

use super::dom::DomNode;
use super::events::matters;
use crate::browser::bindings::{DOCUMENT, WINDOW, performance_now};
use crate::browser::contain::contained;
use crate::browser::listener::{Listener, passive};
use crate::browser::members::member;
use crate::browser::request;
use js_sys::Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AddEventListenerOptions, Event, EventTarget, MutationObserver, MutationObserverInit, Node, PerformanceObserver,
    PerformanceObserverEntryList, PerformanceObserverInit,
};

/// The most mutations that are looked at, of those that come together. More of them are no ticker's.
const MUTATIONS: u32 = 50;

/// Events after which a click is not dead, beside those that are listened to all the time.
const ANSWERS: &[&str] = &["toggle", "beforetoggle", "close"];

/// What is to be done about what happens.
#[derive(Clone, Copy)]
pub struct Reactions {
    /// The page has done something.
    pub answer: fn(),
    /// An event says that the page has done something.
    pub answer_event: fn(&Event),
    /// The window, or an element of it, got or lost the focus.
    pub focus: fn(&Event),
    /// The user scrolled.
    pub scroll: fn(&Event),
    /// The selection changed.
    pub select: fn(&Event),
    /// The pointer was released.
    pub release: fn(&Event),
    /// The browser took the pointer for something else.
    pub cancel: fn(&Event),
}

/// Listens to the page between [`begin`](Attention::begin) and [`end`](Attention::end). What it takes is made once: a
/// press must not wait for it.
pub struct Attention {
    listeners: Vec<Listener>,
    options: AddEventListenerOptions,
    mutations: Option<Mutations>,
    requests: Option<Requests>,
    is_on: Cell<bool>,
}

impl Attention {
    /// Listens to nothing yet.
    pub fn new(reactions: Reactions) -> Self {
        let mut listeners = Vec::new();
        WINDOW.with(|window| {
            let mut on = |name, reaction| listeners.push(Listener::silent(window, name, true, reaction));
            ANSWERS.iter().for_each(|name| on(name, reactions.answer_event));
            on("focus", reactions.focus);
            on("blur", reactions.focus);
            on("scroll", reactions.scroll);
            on("pointerup", reactions.release);
            on("pointercancel", reactions.cancel);
        });
        DOCUMENT.with(|document| {
            let document: &EventTarget = document.unchecked_ref();
            listeners.push(Listener::silent(document, "selectionchange", true, reactions.select));
        });
        Attention {
            listeners,
            options: passive(true),
            mutations: Mutations::new(reactions.answer),
            requests: Requests::new(reactions.answer),
            is_on: Cell::new(false),
        }
    }

    /// Listens to the page, and to these shadow trees, if it does not yet.
    pub fn begin(&self, roots: &[DomNode]) {
        if self.is_on.replace(true) {
            return;
        }
        self.listeners.iter().for_each(|listener| listener.begin(&self.options));
        if let Some(mutations) = &self.mutations {
            mutations.begin(roots);
        }
        if let Some(requests) = &self.requests {
            requests.begin();
        }
    }

    /// Listens to nothing any more.
    pub fn end(&self) {
        if self.is_on.replace(false) {
            self.listeners.iter().for_each(Listener::end);
            self.mutations.iter().for_each(|mutations| mutations.observer.disconnect());
            self.requests.iter().for_each(|requests| requests.observer.disconnect());
        }
    }
}

impl Drop for Attention {
    fn drop(&mut self) {
        self.end();
    }
}

/// Observes changes of the page.
struct Mutations {
    observer: MutationObserver,
    options: MutationObserverInit,
    _closure: Closure<dyn Fn(JsValue)>,
}

impl Mutations {
    fn new(answer: fn()) -> Option<Self> {
        let closure = Closure::<dyn Fn(JsValue)>::new(move |records: JsValue| {
            contained(|| {
                let records: Array = records.unchecked_into();
                let is_answer = records.length() > MUTATIONS
                    || (0..records.length()).filter_map(|at| member(&records.get(at), "target").ok()).any(matters);
                if is_answer {
                    answer();
                }
            });
        });
        let observer = MutationObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        let options = MutationObserverInit::new();
        options.set_subtree(true);
        options.set_child_list(true);
        options.set_attributes(true);
        options.set_character_data(true);
        Some(Mutations { observer, options, _closure: closure })
    }

    fn begin(&self, roots: &[DomNode]) {
        let observe = |node: &Node| self.observer.observe_with_options(node, &self.options);
        // A tree that is not observed only hides that a click was answered there.
        let _ = DOCUMENT.with(|document| observe(document.unchecked_ref()));
        for root in roots {
            let _ = observe(root.0.unchecked_ref());
        }
    }
}

/// Observes requests of the page that begin from now on, but for the recorder's own.
struct Requests {
    observer: PerformanceObserver,
    options: PerformanceObserverInit,
    since: Rc<Cell<f64>>,
    _closure: Closure<dyn Fn(JsValue)>,
}

impl Requests {
    fn new(answer: fn()) -> Option<Self> {
        let since = Rc::new(Cell::new(0.0));
        let begun = Rc::clone(&since);
        let closure = Closure::<dyn Fn(JsValue)>::new(move |list: JsValue| {
            contained(|| {
                let entries = list.unchecked_into::<PerformanceObserverEntryList>().get_entries();
                let is_new =
                    |entry: &JsValue| member(entry, "startTime").is_ok_and(|start| start.as_f64() >= Some(begun.get()));
                let is_own = |entry: &JsValue| {
                    let address = member(entry, "name").ok().and_then(|name| name.as_string());
                    address.is_some_and(|address| request::is_own(&address))
                };
                if (0..entries.length()).map(|at| entries.get(at)).any(|entry| is_new(&entry) && !is_own(&entry)) {
                    answer();
                }
            });
        });
        let observer = PerformanceObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        // The bindings have a list of their own, without the functions of the page's `Array`.
        let kinds = Array::new();
        kinds.push(&"resource".into());
        Some(Requests { observer, options: PerformanceObserverInit::new(&kinds), since, _closure: closure })
    }

    fn begin(&self) {
        self.since.set(performance_now().unwrap_or_default());
        self.observer.observe(&self.options);
    }
}
