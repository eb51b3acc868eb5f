//! Navigations within the page, reported by the Navigation API, or by a patched `history` where it is missing.

use super::bindings::{WINDOW, descriptor_of, text_of};
use super::listener::Listener;
use super::members::member;
use js_sys::{Array, Function, JsString, Object, Proxy, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, Window};

/// Watches navigations, until it is dropped.
#[must_use = "it ends when it is dropped"]
pub struct NavigationWatch {
    _listeners: Vec<Listener>,
    _patches: Vec<HistoryPatch>,
}

impl NavigationWatch {
    /// Calls `navigated` when the page may have navigated, and `replaced` when its address was replaced within the
    /// view.
    pub fn new(navigated: fn(), replaced: fn()) -> Self {
        WINDOW.with(|window| match navigation(window) {
            Some(navigation) => {
                let listener = Listener::new(&navigation, "currententrychange", move |event| {
                    let how = member(&event, "navigationType").ok().and_then(|how| how.as_string());
                    if how.as_deref() == Some("replace") { replaced() } else { navigated() }
                });
                NavigationWatch { _listeners: vec![listener], _patches: Vec::new() }
            }
            None => {
                let patches = [("pushState", navigated), ("replaceState", replaced)];
                NavigationWatch {
                    _listeners: ["popstate", "hashchange"]
                        .map(|name| Listener::new(window, name, move |_| navigated()))
                        .into(),
                    _patches: patches
                        .into_iter()
                        .filter_map(|(name, happened)| HistoryPatch::new(window, name, happened))
                        .collect(),
                }
            }
        })
    }
}

/// The browser's own `navigation`: a page's replacement might report nothing.
fn navigation(window: &Window) -> Option<EventTarget> {
    let getter = member(&descriptor_of(window, "navigation").ok()?, "get").ok()?;
    if !getter.is_function() || !text_of(&getter).ok()?.contains("native code") {
        return None;
    }
    member(window, "navigation").ok().filter(JsValue::is_object).map(JsCast::unchecked_into)
}

/// A patched method of `history` that reports its calls, until it is dropped.
struct HistoryPatch {
    method: &'static str,
    history: JsValue,
    original: Function,
    patched: JsValue,
    is_watching: Rc<Cell<bool>>,
}

impl HistoryPatch {
    fn new(window: &Window, method: &'static str, happened: fn()) -> Option<Self> {
        let history: JsValue = window.history().ok()?.into();
        let original: Function = current(&history, method)?.unchecked_into();
        let is_watching = Rc::new(Cell::new(true));
        let watching = Rc::clone(&is_watching);
        type Apply = dyn Fn(Function, JsValue, Array) -> Result<JsValue, JsValue>;
        // Exceptions of the original method belong to the page's call.
        let apply = Closure::<Apply>::new(move |original: Function, this: JsValue, given: Array| {
            let result = Reflect::apply(&original, &this, &given)?;
            if watching.get() {
                happened();
            }
            Ok(result)
        });
        let handler = Object::new();
        // The closure lives as long as the page: other code may have patched the method later, and calls this one.
        Reflect::set(&handler, &JsString::from("apply"), &apply.into_js_value()).ok()?;
        let patched: JsValue = Proxy::new(&original, &handler).into();
        Reflect::set(&history, &method.into(), &patched).ok()?;
        Some(HistoryPatch { method, history, original, patched, is_watching })
    }
}

fn current(history: &JsValue, method: &str) -> Option<JsValue> {
    member(history, method).ok().filter(JsValue::is_function)
}

impl Drop for HistoryPatch {
    fn drop(&mut self) {
        self.is_watching.set(false);
        if current(&self.history, self.method).is_some_and(|current| current == self.patched) {
            // A page that has frozen `history` keeps the patch, which reports nothing any more.
            let _ = Reflect::set(&self.history, &self.method.into(), &self.original);
        }
    }
}
