//! Navigations within the page: by the Navigation API, else by a patched `history.pushState`.

use super::bindings::{WINDOW, member};
use super::listener::Listener;
use js_sys::{Array, Function, JsString, Object, Proxy, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Navigation, Window};

/// Hears of navigations until it is dropped.
#[must_use = "it ends when it is dropped"]
pub struct NavigationWatch {
    _listeners: Vec<Listener>,
    _patch: Option<HistoryPatch>,
}

impl NavigationWatch {
    /// Calls `moved` when the address may have changed.
    pub fn new(moved: fn()) -> Self {
        WINDOW.with(|window| match navigation(window) {
            Some(navigation) => {
                let listener = Listener::new(&navigation, "currententrychange", move |event| {
                    let how = member(&event, "navigationType").ok().and_then(|how| how.as_string());
                    if how.as_deref() != Some("replace") {
                        moved();
                    }
                });
                NavigationWatch { _listeners: vec![listener], _patch: None }
            }
            None => NavigationWatch {
                _listeners: ["popstate", "hashchange"].map(|name| Listener::new(window, name, move |_| moved())).into(),
                _patch: HistoryPatch::new(window, moved),
            },
        })
    }
}

/// An element may have that name: it is no [`Navigation`].
fn navigation(window: &Window) -> Option<Navigation> {
    member(window, "navigation").ok()?.dyn_into().ok()
}

/// `history.pushState` that tells of what it did, until it is dropped.
struct HistoryPatch {
    history: JsValue,
    original: Function,
    patched: JsValue,
    is_watching: Rc<Cell<bool>>,
}

impl HistoryPatch {
    fn new(window: &Window, moved: fn()) -> Option<Self> {
        let history: JsValue = window.history().ok()?.into();
        let original: Function = push_state(&history)?.unchecked_into();
        let is_watching = Rc::new(Cell::new(true));
        let watching = Rc::clone(&is_watching);
        type Apply = dyn Fn(Function, JsValue, Array) -> Result<JsValue, JsValue>;
        // What the page's call throws is the page's to catch.
        let apply = Closure::<Apply>::new(move |original: Function, this: JsValue, given: Array| {
            let result = original.apply(&this, &given)?;
            if watching.get() {
                moved();
            }
            Ok(result)
        });
        let handler = Object::new();
        // It lives as long as the page: somebody may have patched it after us, and calls ours.
        Reflect::set(&handler, &JsString::from("apply"), &apply.into_js_value()).ok()?;
        let patched: JsValue = Proxy::new(&original, &handler).into();
        Reflect::set(&history, &PUSH_STATE.into(), &patched).ok()?;
        Some(HistoryPatch { history, original, patched, is_watching })
    }
}

const PUSH_STATE: &str = "pushState";

fn push_state(history: &JsValue) -> Option<JsValue> {
    member(history, PUSH_STATE).ok().filter(JsValue::is_function)
}

impl Drop for HistoryPatch {
    fn drop(&mut self) {
        self.is_watching.set(false);
        if push_state(&self.history).is_some_and(|current| current == self.patched) {
            // A page that has frozen its history keeps the patch, which does nothing now.
            let _ = Reflect::set(&self.history, &PUSH_STATE.into(), &self.original);
        }
    }
}
