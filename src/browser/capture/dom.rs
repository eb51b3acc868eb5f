//! The nodes of the page. They are read by the functions that the browser's prototypes have when capture begins: a
//! control named `attributes` hides its form's attributes, and a page may replace functions later. What throws, or is
//! not there, gives nothing.

use crate::browser::bindings::{NodeFunction, PageUrl, bare, member, prototype_function};
use crate::capture::node::{ATTRIBUTE, Node, NodeKind};
use js_sys::{JsString, Object, Reflect, WeakSet};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};

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
    PreviousElement,
    NextElement,
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
    ComposedPath,
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
    ("Element", "previousElementSibling"),
    ("Element", "nextElementSibling"),
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
    ("Event", "composedPath"),
];

/// The most controls of a form, labels of a control, and siblings of an element that are read.
const CONTROLS: u32 = 200;
const LABELS: u32 = 3;
const SIBLINGS: u32 = 100;

/// The most texts that are kept, but for the last.
const MOST_TEXTS: usize = 100;

const ELEMENT: u32 = 1;
const TEXT: u32 = 3;
const DOCUMENT: u32 = 9;
const FRAGMENT: u32 = 11;

thread_local! {
    /// As many as [`PARTS`], once capture has begun. They live as long as the page.
    static FUNCTIONS: Cell<&'static [Option<NodeFunction>]> = const { Cell::new(&[]) };
    /// Names of attributes and selectors as values of the page, which are made once.
    static TEXTS: RefCell<Vec<(String, JsValue)>> = const { RefCell::new(Vec::new()) };
    static PASSWORDS: WeakSet = WeakSet::new();
}

/// Takes the functions, once.
pub fn prepare() {
    if FUNCTIONS.get().is_empty() {
        let function = |(interface, name): &(&str, &str)| prototype_function(interface, name);
        let functions = PARTS.iter().map(|part| function(part).map(JsCast::unchecked_into));
        FUNCTIONS.set(Vec::leak(functions.collect()));
    }
}

/// Calls a function. What it gives is `None` for nothing.
fn call<T>(part: Part, call: impl FnOnce(&NodeFunction) -> Result<Option<T>, JsValue>) -> Option<T> {
    call(FUNCTIONS.get().get(part as usize)?.as_ref()?).ok()?
}

/// What a function gives; `None` for nothing.
pub(super) fn read(part: Part, this: &JsValue, argument: &JsValue) -> Option<JsValue> {
    call(part, |function| function.value_of(this, argument))
}

/// Reads with a text for an argument.
fn with_text<T>(text: &str, read: impl FnOnce(&JsValue) -> T) -> T {
    TEXTS.with(|texts| {
        let Ok(mut texts) = texts.try_borrow_mut() else { return read(&text.into()) };
        let is_one = |(known, _): &(String, JsValue)| known == text;
        let at = texts.iter().position(is_one).unwrap_or_else(|| {
            texts.truncate(MOST_TEXTS);
            texts.push((text.to_owned(), text.into()));
            texts.len() - 1
        });
        read(&texts[at].1)
    })
}

/// A node of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct DomNode(pub JsValue);

impl DomNode {
    fn get(&self, part: Part) -> Option<DomNode> {
        read(part, &self.0, &JsValue::UNDEFINED).map(DomNode)
    }

    fn node_type(&self) -> u32 {
        call(Part::NodeType, |function| function.number_of(&self.0).map(Some)).unwrap_or_default() as u32
    }

    fn name(&self) -> Option<JsValue> {
        read(Part::LocalName, &self.0, &JsValue::UNDEFINED)
    }

    /// The first items of a list.
    fn items(&self, list: Part, item: Part, most: u32) -> Vec<DomNode> {
        let Some(list) = read(list, &self.0, &JsValue::UNDEFINED) else { return Vec::new() };
        (0..most).map_while(|at| read(item, &list, &at.into()).map(DomNode)).collect()
    }

    /// Whether the value is an element.
    pub(super) fn is_element(&self) -> bool {
        self.node_type() == ELEMENT
    }

    /// Whether the node is the root of a shadow tree.
    pub(super) fn is_root(&self) -> bool {
        self.node_type() == FRAGMENT
    }

    /// Makes the node a member of an object that no list of members has.
    pub(super) fn hide_in(self, object: &JsValue, name: &str) {
        let descriptor = bare();
        if Reflect::set(&descriptor, &"value".into(), &self.0).is_ok() {
            Object::<JsValue>::define_property(object.unchecked_ref(), &name.into(), &descriptor);
        }
    }

    /// The element that has the focus, in open shadow trees too.
    pub(super) fn focused(document: &JsValue) -> Option<DomNode> {
        let mut focused = DomNode(read(Part::DocumentFocus, document, &JsValue::UNDEFINED)?);
        while let Some(inner) = focused.get(Part::ShadowRoot).and_then(|root| root.get(Part::RootFocus)) {
            focused = inner;
        }
        Some(focused)
    }
}

/// A text of at most `limit` UTF-16 code units. Halves of characters become U+FFFD.
fn text_of(value: &JsValue, limit: usize) -> Option<String> {
    let text = value.dyn_ref::<JsString>()?;
    let limit = limit as u32;
    if text.length() > limit { text.slice(0, limit).as_string() } else { value.as_string() }
}

impl Node for DomNode {
    fn kind(&self) -> NodeKind {
        match self.node_type() {
            ELEMENT => NodeKind::Element,
            TEXT => NodeKind::Text,
            FRAGMENT => NodeKind::Root,
            _ => NodeKind::Other,
        }
    }

    fn tag(&self) -> String {
        self.name().and_then(|name| text_of(&name, ATTRIBUTE)).unwrap_or_default().to_ascii_lowercase()
    }

    fn attribute(&self, name: &str) -> Option<String> {
        text_of(&with_text(name, |name| read(Part::GetAttribute, &self.0, name))?, ATTRIBUTE + 1)
    }

    fn parent(&self) -> Option<Self> {
        self.get(Part::ParentNode).or_else(|| if self.is_root() { self.get(Part::Host) } else { None })
    }

    fn slot(&self, kind: NodeKind) -> Option<Self> {
        match kind {
            NodeKind::Element => self.get(Part::ElementSlot),
            NodeKind::Text => self.get(Part::TextSlot),
            NodeKind::Root | NodeKind::Other => None,
        }
    }

    fn first_child(&self) -> Option<Self> {
        self.get(Part::FirstChild)
    }

    fn next_sibling(&self) -> Option<Self> {
        self.get(Part::NextSibling)
    }

    fn text(&self, limit: usize) -> String {
        read(Part::NodeValue, &self.0, &JsValue::UNDEFINED).and_then(|text| text_of(&text, limit)).unwrap_or_default()
    }

    fn position(&self) -> Option<u32> {
        let name = self.name()?;
        let count = |part: Part| {
            let (mut alike, mut at) = (0, self.get(part));
            for _ in 0..SIBLINGS {
                let Some(sibling) = at else { return Some(alike) };
                alike += u32::from(sibling.name().as_ref() == Some(&name));
                at = sibling.get(part);
            }
            None
        };
        match count(Part::PreviousElement)? {
            // Whether there is one after it matters only for the first. A long list has one.
            0 => (count(Part::NextElement) != Some(0)).then_some(1),
            before => Some(before + 1),
        }
    }

    fn is_connected(&self) -> bool {
        read(Part::IsConnected, &self.0, &JsValue::UNDEFINED).is_some_and(|is| is.is_truthy())
    }

    fn matches(&self, selector: &str) -> Option<bool> {
        with_text(selector, |selector| call(Part::Matches, |function| function.truth_of(&self.0, selector)))
    }

    fn by_id(&self, id: &str) -> Option<Self> {
        let root = self.get(Part::GetRootNode)?;
        let part = match root.node_type() {
            DOCUMENT => Part::DocumentById,
            FRAGMENT => Part::RootById,
            _ => return None,
        };
        read(part, &root.0, &id.into()).map(DomNode)
    }

    fn labels(&self) -> Vec<Self> {
        let part = match &*self.tag() {
            "input" => Part::InputLabels,
            "select" => Part::SelectLabels,
            "textarea" => Part::TextareaLabels,
            "button" => Part::ButtonLabels,
            _ => return Vec::new(),
        };
        self.items(part, Part::Label, LABELS)
    }

    fn controls(&self) -> Vec<Self> {
        self.items(Part::Controls, Part::Control, CONTROLS)
    }

    fn address(&self, address: &str) -> Option<String> {
        let base = read(Part::BaseUri, &self.0, &JsValue::UNDEFINED)?.as_string()?;
        let address = PageUrl::new(address, &base).ok()?;
        member(&address, "href").ok()?.as_string()
    }

    fn was_password(&self) -> bool {
        let is_now = self.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
        PASSWORDS.with(|passwords| {
            if is_now {
                passwords.add(self.0.unchecked_ref());
            }
            is_now || passwords.has(self.0.unchecked_ref())
        })
    }
}
