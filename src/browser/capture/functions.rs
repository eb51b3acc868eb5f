//! The functions by which nodes are read: those that the browser's prototypes have when capture begins, because a page
//! may replace functions later. `www/nodes.js` has its own for what takes many readings.

use crate::browser::bindings::NodeFunction;
use crate::browser::members::prototype_function;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A function of a prototype.
#[derive(Clone, Copy)]
pub(super) enum Part {
    NodeType,
    ParentNode,
    FirstChild,
    NextSibling,
    NodeValue,
    IsConnected,
    BaseUri,
    GetRootNode,
    LocalName,
    GetAttribute,
    Matches,
    Closest,
    Previous,
    ElementSlot,
    TextSlot,
    ShadowRoot,
    Host,
    DocumentById,
    RootById,
    DocumentFocus,
    RootFocus,
    Controls,
    Control,
    Label,
    InputLabels,
    SelectLabels,
    TextareaLabels,
    ButtonLabels,
}

/// The interface and the member of each part, in their order. Getters and methods alike.
const PARTS: &[(&str, &str)] = &[
    ("Node", "nodeType"),
    ("Node", "parentNode"),
    ("Node", "firstChild"),
    ("Node", "nextSibling"),
    ("Node", "nodeValue"),
    ("Node", "isConnected"),
    ("Node", "baseURI"),
    ("Node", "getRootNode"),
    ("Element", "localName"),
    ("Element", "getAttribute"),
    ("Element", "matches"),
    ("Element", "closest"),
    ("Element", "previousElementSibling"),
    ("Element", "assignedSlot"),
    ("Text", "assignedSlot"),
    ("Element", "shadowRoot"),
    ("ShadowRoot", "host"),
    ("Document", "getElementById"),
    ("DocumentFragment", "getElementById"),
    ("Document", "activeElement"),
    ("ShadowRoot", "activeElement"),
    ("HTMLFormElement", "elements"),
    ("HTMLCollection", "item"),
    ("NodeList", "item"),
    ("HTMLInputElement", "labels"),
    ("HTMLSelectElement", "labels"),
    ("HTMLTextAreaElement", "labels"),
    ("HTMLButtonElement", "labels"),
];

/// The most texts that are kept.
const MOST_TEXTS: usize = 100;

thread_local! {
    /// As many as [`PARTS`], once capture has begun. They live as long as the page.
    static FUNCTIONS: Cell<&'static [Option<NodeFunction>]> = const { Cell::new(&[]) };
    /// Names of attributes and selectors as values of the page, which are made once. They are in order.
    static TEXTS: RefCell<Vec<(String, Rc<JsValue>)>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen(module = "/www/nodes.js")]
extern "C" {
    /// A text that a function gives, at most `limit` UTF-16 code units. Halves of characters become U+FFFD.
    #[wasm_bindgen(js_name = textOf)]
    fn text_of(function: &NodeFunction, this: &JsValue, argument: &JsValue, limit: u32) -> Option<String>;
    /// The innermost element of an event, in open shadow trees too.
    pub(super) fn innermost(event: &JsValue) -> Option<JsValue>;
    /// See [`Node::around`](crate::capture::node::Node::around). `undefined` stands before the outer nodes, and `null` at
    /// the end says that it is cut.
    pub(super) fn around(node: &JsValue, outer: &JsValue, most: u32, marks: &JsValue, names: &JsValue) -> Array;
}

/// Takes the functions, once.
pub fn prepare() {
    if FUNCTIONS.get().is_empty() {
        let function = |(interface, name): &(&str, &str)| prototype_function(interface, name);
        let functions = PARTS.iter().map(|part| function(part).map(JsCast::unchecked_into));
        FUNCTIONS.set(Vec::leak(functions.collect()));
    }
}

fn function(part: Part) -> Option<&'static NodeFunction> {
    FUNCTIONS.get().get(part as usize)?.as_ref()
}

/// What a function gives; `None` for nothing.
pub(super) fn read(part: Part, this: &JsValue, argument: &JsValue) -> Option<JsValue> {
    function(part)?.value_of(this, argument).ok()?
}

/// A number that a function gives.
pub(super) fn read_number(part: Part, this: &JsValue) -> Option<f64> {
    function(part)?.number_of(this).ok()
}

/// `true` or `false` that a function gives.
pub(super) fn read_truth(part: Part, this: &JsValue, argument: &JsValue) -> Option<bool> {
    function(part)?.truth_of(this, argument).ok()?
}

/// A text that a function gives, at most `limit` UTF-16 code units.
pub(super) fn read_text(part: Part, this: &JsValue, argument: &JsValue, limit: usize) -> Option<String> {
    text_of(function(part)?, this, argument, limit as u32)
}

/// A text as a value of the page.
pub(super) fn value_of(text: &str) -> Rc<JsValue> {
    TEXTS.with_borrow_mut(|texts| match texts.binary_search_by(|(known, _)| (**known).cmp(text)) {
        Ok(at) => Rc::clone(&texts[at].1),
        Err(at) => {
            let value = Rc::new(JsValue::from(text));
            if texts.len() < MOST_TEXTS {
                texts.insert(at, (text.to_owned(), Rc::clone(&value)));
            }
            value
        }
    })
}
