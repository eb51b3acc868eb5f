//! The listeners of level 2, and the capture that they feed. All of it ends when capture is switched off, with what is
//! not recorded yet.

use super::attention::{Attention, Reactions};
use super::dom::DomNode;
use super::events::{self, is, is_trusted};
use super::functions;
use super::running::{self, act};
use crate::browser::bindings::{DOCUMENT, WINDOW};
use crate::browser::listener::Listener;
use crate::browser::members::member;
use crate::browser::{clock, console, timer};
use crate::capture::submit::Submit;
use crate::capture::{Capture, Rules};
use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// The most shadow trees that are listened to.
const ROOTS: usize = 200;

/// Captures by these rules from now on; `None`: nothing.
pub fn set_rules(rules: Option<Rules>) {
    let Some(mut rules) = rules else { return running::end() };
    rules.own_host = WINDOW.with(|window| window.location().host()).unwrap_or_default();
    for selector in &rules.selectors {
        if DOCUMENT.with(|document| document.query_selector(selector)).is_err() {
            console::warn_once(&["censor.selectors: ", selector, " is invalid, so everything is censored"].concat());
        }
    }
    functions::prepare();
    running::run(rules, listeners, || Attention::new(REACTIONS));
}

fn listeners() -> Vec<Listener> {
    WINDOW.with(|window| {
        let window: &EventTarget = window.as_ref();
        let on = |name, handle| Listener::passive(window, name, true, handle);
        vec![
            on("pointerdown", on_press),
            on("click", on_click),
            on("auxclick", on_click),
            on("change", on_change),
            on("submit", on_submit),
            on("focusin", on_focus),
            on("focusout", on_blur),
            on("input", on_input),
            Listener::passive(window, "submit", false, |event| end_submit(Some(event))),
        ]
    })
}

fn on_press(event: &Event) {
    if !is_trusted(event) {
        return;
    }
    if let Some(pointer) = events::pointer(event) {
        act(|running| {
            running.capture.press(pointer);
            Vec::new()
        });
    }
}

fn on_click(event: &Event) {
    if !is_trusted(event) {
        return;
    }
    if let Some(click) = events::click(event) {
        act(|running| running.capture.click(&click));
    }
}

fn on_change(event: &Event) {
    if let Some(field) = events::innermost(event) {
        act(|running| {
            running.capture.answer();
            running.capture.change(&field, is_trusted(event), events::stamp(event), clock::now())
        });
    }
}

fn on_submit(event: &Event) {
    let Some(form) = events::innermost(event).filter(|_| is_trusted(event)) else { return };
    // It passes every tree that shows the form, in a slot too.
    if running::ask(|running| running.submit.as_ref().is_some_and(|(_, known)| known == event)) == Some(true) {
        return;
    }
    let (submitter, focused) = (events::element(event, "submitter"), events::focused());
    end_submit(None);
    act(|running| {
        let now = clock::now();
        let (changes, submit) = running.capture.submit(&form, submitter.as_ref(), focused.as_ref(), now);
        running.submit = submit.map(|submit| (submit, event.clone()));
        changes
    });
    // Where a listener of the page keeps the event from its way, it does not come back here.
    timer::after(0, || end_submit(None));
}

/// All listeners of the page have run, or have had their time.
fn end_submit(event: Option<&Event>) {
    act(|running| {
        let is_one = |submit: &mut (Submit, Event)| event.is_none_or(|event| *event == submit.1);
        let ended = running.submit.take_if(is_one);
        ended.into_iter().map(|(submit, event)| submit.event(Some(is(&event, "defaultPrevented")))).collect()
    });
}

fn on_focus(event: &Event) {
    let Some(element) = events::innermost(event) else { return };
    act(|running| {
        for root in element.roots() {
            if running.roots.len() < ROOTS && running.roots.iter().all(|(known, _)| *known != root) {
                let target: &EventTarget = root.0.unchecked_ref();
                let listeners = [
                    Listener::passive(target, "change", true, on_change),
                    Listener::passive(target, "submit", true, on_submit),
                ];
                running.roots.push((root, listeners));
            }
        }
        running.capture.focus(&element, clock::now())
    });
}

fn on_blur(event: &Event) {
    if let Some(element) = events::innermost(event) {
        act(|running| running.capture.blur(&element, clock::now()));
    }
}

fn on_input(event: &Event) {
    act(|running| {
        running.capture.answer();
        if let Some(element) = events::innermost(event).filter(|_| is_trusted(event)) {
            running.capture.input(&element);
        }
        Vec::new()
    });
}

fn on_release(event: &Event) {
    if let Some(pointer) = events::pointer(event).filter(|_| is_trusted(event)) {
        act(|running| running.capture.release(&pointer).into_iter().collect());
    }
}

/// Changes the capture without an event.
fn note(change: fn(&mut Capture<DomNode>)) {
    act(|running| {
        change(&mut running.capture);
        Vec::new()
    });
}

/// The page has done something.
pub fn answer() {
    note(Capture::answer);
}

/// The window got or lost the focus, as for a file picker or another window. Elements do at every press.
fn on_window_focus(event: &Event) {
    if events::innermost(event).is_none() {
        answer();
    }
}

/// The selection changed. Every press may put the caret somewhere else: only a selected text counts.
fn on_select(_: &Event) {
    let selection = DOCUMENT.with(|document| document.selection());
    if selection.is_ok_and(|selection| member(&selection, "isCollapsed").is_ok_and(|is| is == false)) {
        note(Capture::interrupt);
    }
}

const REACTIONS: Reactions = Reactions {
    answer,
    answer_event: |_| answer(),
    focus: on_window_focus,
    scroll: |_| note(Capture::interrupt),
    select: on_select,
    release: on_release,
    cancel: |_| note(Capture::cancel),
};

/// The page is left, or hidden: what is not recorded yet is recorded now.
pub fn leave() {
    end_submit(None);
    act(|running| running.capture.leave(clock::now()));
}

/// What a click on the element would record now, as a value of the page; `None` if nothing is captured.
pub fn explain(element: &JsValue) -> Option<JsValue> {
    let node = DomNode(element.clone());
    let explanation = running::ask(|running| running.capture.explain(&node))?;
    let value = JSON::parse(&serde_json::to_string(&explanation).ok()?).ok()?;
    // `JSON.stringify` of an element may throw: what a page's library has hung on it is no JSON.
    for (name, node) in [("element", explanation.element), ("region", explanation.region)] {
        node.into_iter().for_each(|node| node.hide_in(&value, name));
    }
    Some(value)
}
