//! What an event of the browser says. Only events are read that a user or the browser made; those cannot be prepared by
//! the page beforehand.

use super::dom::DomNode;
use super::functions::{self, value_of};
use crate::browser::bindings;
use crate::browser::clock;
use crate::browser::members::member_named;
use crate::capture::click::{Click, Pointer};
use crate::capture::event::By;
use crate::capture::node::{Node, NodeKind};
use wasm_bindgen::JsValue;
use web_sys::Event;

fn member(event: &Event, name: &str) -> Option<JsValue> {
    member_named(event, &value_of(name)).ok()
}

/// Whether the event is no script's.
pub(super) fn is_trusted(event: &Event) -> bool {
    is(event, "isTrusted")
}

pub(super) fn is(event: &Event, name: &str) -> bool {
    member(event, name).is_some_and(|value| value.is_truthy())
}

/// The event's own time, which tells one event from another.
pub(super) fn stamp(event: &Event) -> f64 {
    number(event, "timeStamp")
}

fn number(event: &Event, name: &str) -> f64 {
    member(event, name).and_then(|value| value.as_f64()).unwrap_or_default()
}

fn text(event: &Event, name: &str) -> String {
    member(event, name).and_then(|value| value.as_string()).unwrap_or_default()
}

/// The innermost element of the event, in open shadow trees too.
pub(super) fn innermost(event: &Event) -> Option<DomNode> {
    functions::innermost(event).map(DomNode)
}

/// Another element that the event names.
pub(super) fn element(event: &Event, name: &str) -> Option<DomNode> {
    member(event, name).map(DomNode).filter(DomNode::is_element)
}

/// The element that has the focus.
pub(super) fn focused() -> Option<DomNode> {
    bindings::DOCUMENT.with(|document| DomNode::focused(document.as_ref()))
}

fn pointer_type(event: &Event) -> Option<By> {
    match &*text(event, "pointerType") {
        "mouse" => Some(By::Mouse),
        "touch" => Some(By::Touch),
        "pen" => Some(By::Pen),
        _ => None,
    }
}

/// A press or a release of the primary pointer, with the first or the middle button.
pub(super) fn pointer(event: &Event) -> Option<Pointer<DomNode>> {
    let is_one = is(event, "isPrimary") && matches!(number(event, "button") as i32, 0 | 1);
    let innermost = innermost(event).filter(|_| is_one)?;
    Some(Pointer { innermost, at: clock::now(), by: pointer_type(event).unwrap_or(By::Mouse) })
}

/// A click with the first or the middle button.
pub(super) fn click(event: &Event) -> Option<Click<DomNode>> {
    let button = match number(event, "button") as i32 {
        0 => 0,
        1 => 1,
        _ => return None,
    };
    Some(Click {
        innermost: innermost(event)?,
        at: clock::now(),
        pointer: pointer_type(event),
        is_uncounted: number(event, "detail") == 0.0,
        button,
        has_modifier: ["ctrlKey", "metaKey", "altKey", "shiftKey"].iter().any(|key| is(event, key)),
        place: (number(event, "clientX") as i32, number(event, "clientY") as i32),
        focused: focused(),
        href: crate::browser::page::snapshot().href,
    })
}

/// Whether what changed at a node matters: the page may say that a ticker does not.
pub(super) fn matters(node: JsValue) -> bool {
    let node = DomNode(node);
    let element = if node.kind() == NodeKind::Text { node.parent() } else { Some(node) };
    element.and_then(|element| element.closest("[data-wm-dead=ignore]")).is_none()
}
