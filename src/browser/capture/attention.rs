//! What the page does after a press or a click, and what the user does then. It is listened to only while it matters.

use super::dom::DomNode;
use super::events::matters;
use crate::browser::bindings::{DOCUMENT, WINDOW, member, performance_now};
use crate::browser::contain::contained;
use crate::browser::listener::Listener;
use crate::browser::request;
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Event, EventTarget, MutationObserver, MutationObserverInit, Node, PerformanceObserver,
    PerformanceObserverEntryList, PerformanceObserverInit,
};

/// The most mutations that are looked at, of those that come together. More of them are no ticker's.
const MUTATIONS: u32 = 50;

/// Events after which a click is not dead.
const ANSWERS: &[&str] = &["input", "change", "toggle", "beforetoggle", "close"];

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

/// Listens until it is dropped.
pub struct Attention {
    _listeners: Vec<Listener>,
    _mutations: Option<Mutations>,
    _requests: Option<Requests>,
}

impl Attention {
    /// Listens to the page, and to these shadow trees.
    pub fn new(roots: &[DomNode], reactions: Reactions) -> Self {
        let mut listeners = Vec::new();
        WINDOW.with(|window| {
            let mut on = |name, reaction| listeners.push(Listener::passive(window, name, true, reaction));
            ANSWERS.iter().for_each(|name| on(name, reactions.answer_event));
            on("focus", reactions.focus);
            on("blur", reactions.focus);
            on("scroll", reactions.scroll);
            on("pointerup", reactions.release);
            on("pointercancel", reactions.cancel);
        });
        DOCUMENT.with(|document| {
            let document: &EventTarget = document.unchecked_ref();
            listeners.push(Listener::passive(document, "selectionchange", true, reactions.select));
        });
        Attention {
            _listeners: listeners,
            _mutations: Mutations::new(roots, reactions.answer),
            _requests: Requests::new(reactions.answer),
        }
    }
}

/// Observes changes of the page.
struct Mutations {
    observer: MutationObserver,
    _closure: Closure<dyn Fn(JsValue)>,
}

impl Mutations {
    fn new(roots: &[DomNode], answer: fn()) -> Option<Self> {
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
        DOCUMENT.with(|document| observer.observe_with_options(document.unchecked_ref::<Node>(), &options)).ok()?;
        for root in roots {
            // A tree that is not observed only hides that a click was answered there.
            let _ = observer.observe_with_options(root.0.unchecked_ref::<Node>(), &options);
        }
        Some(Mutations { observer, _closure: closure })
    }
}

impl Drop for Mutations {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Observes requests of the page that begin from now on, but for the recorder's own.
struct Requests {
    observer: PerformanceObserver,
    _closure: Closure<dyn Fn(JsValue)>,
}

impl Requests {
    fn new(answer: fn()) -> Option<Self> {
        let since = performance_now().unwrap_or_default();
        let closure = Closure::<dyn Fn(JsValue)>::new(move |list: JsValue| {
            contained(|| {
                let entries = list.unchecked_into::<PerformanceObserverEntryList>().get_entries();
                let is_new =
                    |entry: &JsValue| member(entry, "startTime").is_ok_and(|start| start.as_f64() >= Some(since));
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
        observer.observe(&PerformanceObserverInit::new(&kinds));
        Some(Requests { observer, _closure: closure })
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
