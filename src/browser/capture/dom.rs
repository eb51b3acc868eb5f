//! The nodes of the page. They are read by functions of the browser's prototypes, because a control named `attributes`
//! hides its form's attributes. What throws, or is not there, gives nothing.

use super::functions::{self, Part, read, read_number, read_text, read_truth, value_of};
use crate::browser::bindings::PageUrl;
use crate::browser::members::{bare, member};
use crate::capture::node::{ATTRIBUTE, Around, Node, NodeKind};
use js_sys::{Object, Reflect, WeakSet};
use wasm_bindgen::{JsCast, JsValue};

/// The most nodes around a node that are asked for shadow trees.
const PATH: u32 = 1_000;
/// The most controls of a form, and siblings of an element that are read.
const CONTROLS: u32 = 200;
const SIBLINGS: usize = 100;

const ELEMENT: u32 = 1;
const TEXT: u32 = 3;
const DOCUMENT: u32 = 9;
const FRAGMENT: u32 = 11;

thread_local! {
    static PASSWORDS: WeakSet = WeakSet::new();
}

/// A node of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct DomNode(pub JsValue);

impl DomNode {
    fn get(&self, part: Part) -> Option<DomNode> {
        read(part, &self.0, &JsValue::UNDEFINED).map(DomNode)
    }

    fn node_type(&self) -> u32 {
        read_number(Part::NodeType, &self.0).unwrap_or_default() as u32
    }

    fn name(&self) -> Option<JsValue> {
        read(Part::LocalName, &self.0, &JsValue::UNDEFINED)
    }

    /// Whether the value is an element.
    pub(super) fn is_element(&self) -> bool {
        self.node_type() == ELEMENT
    }

    /// Whether the node is the root of a shadow tree.
    pub(super) fn is_root(&self) -> bool {
        self.node_type() == FRAGMENT
    }

    /// The roots of the open shadow trees that the node is shown in.
    pub(super) fn roots(&self) -> Vec<DomNode> {
        let none = value_of("");
        let found = functions::around(&self.0, &JsValue::UNDEFINED, PATH, &none, &none);
        (0..found.length()).map(|at| DomNode(found.get(at))).filter(DomNode::is_root).collect()
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
        let name = read_text(Part::LocalName, &self.0, &JsValue::UNDEFINED, ATTRIBUTE);
        name.unwrap_or_default().to_ascii_lowercase()
    }

    fn attribute(&self, name: &str) -> Option<String> {
        read_text(Part::GetAttribute, &self.0, &value_of(name), ATTRIBUTE + 1)
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
        read_text(Part::NodeValue, &self.0, &JsValue::UNDEFINED, limit).unwrap_or_default()
    }

    fn position(&self) -> Option<u32> {
        if self.matches(":only-of-type") != Some(false) {
            return None;
        }
        let name = self.name()?;
        let (mut place, mut at) = (1, self.get(Part::Previous));
        for _ in 0..SIBLINGS {
            let Some(sibling) = at else { return Some(place) };
            place += u32::from(sibling.name().as_ref() == Some(&name));
            at = sibling.get(Part::Previous);
        }
        None
    }

    fn is_connected(&self) -> bool {
        read(Part::IsConnected, &self.0, &JsValue::UNDEFINED).is_some_and(|is| is.is_truthy())
    }

    fn matches(&self, selector: &str) -> Option<bool> {
        read_truth(Part::Matches, &self.0, &value_of(selector))
    }

    fn closest(&self, selector: &str) -> Option<Self> {
        read(Part::Closest, &self.0, &value_of(selector)).map(DomNode)
    }

    fn around(&self, outer: &Self, most: usize, marks: &str, names: &str) -> Around<Self> {
        let found = functions::around(&self.0, &outer.0, most as u32, &value_of(marks), &value_of(names));
        let mut around = Around { inner: Vec::new(), outer: None, is_cut: false };
        for node in (0..found.length()).map(|at| found.get(at)) {
            if node.is_undefined() {
                around.outer = Some(Vec::new());
            } else if node.is_null() {
                around.is_cut = true;
            } else {
                around.outer.as_mut().unwrap_or(&mut around.inner).push(DomNode(node));
            }
        }
        around
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

    fn label(&self) -> Option<Self> {
        let part = match &*self.tag() {
            "input" => Part::InputLabels,
            "select" => Part::SelectLabels,
            "textarea" => Part::TextareaLabels,
            "button" => Part::ButtonLabels,
            _ => return None,
        };
        let labels = read(part, &self.0, &JsValue::UNDEFINED)?;
        read(Part::Label, &labels, &0.into()).map(DomNode)
    }

    fn controls(&self) -> Vec<Self> {
        let Some(list) = read(Part::Controls, &self.0, &JsValue::UNDEFINED) else { return Vec::new() };
        (0..CONTROLS).map_while(|at| read(Part::Control, &list, &at.into()).map(DomNode)).collect()
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
