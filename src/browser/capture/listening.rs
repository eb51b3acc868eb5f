//! The listeners of level 2, and the capture that they feed. All of it ends when capture is switched off, with what is
//! not recorded yet.

use super::attention::{Attention, Reactions};
use super::dom::{self, DomNode};
use super::events::{self, is, is_trusted};
use crate::browser::bindings::{DOCUMENT, WINDOW, member};
use crate::browser::listener::Listener;
use crate::browser::signal::{self, Signal};
use crate::browser::{clock, console, contain, timer};
use crate::capture::submit::Submit;
use crate::capture::{Capture, Captured, Rules};
use gloo_timers::callback::Timeout;
use js_sys::JSON;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// The most shadow trees that are listened to.
const ROOTS: usize = 200;

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

struct Running {
    capture: Capture<DomNode>,
    _listeners: Vec<Listener>,
    /// Shadow trees, whose changes and submits do not leave them.
    roots: Vec<(DomNode, [Listener; 2])>,
    attention: Option<Attention>,
    timer: Option<(i64, Timeout)>,
    /// A submit of which it is not known yet whether the page prevents it.
    submit: Option<(Submit, Event)>,
}

/// Captures by these rules from now on; `None`: nothing.
pub fn set_rules(rules: Option<Rules>) {
    let Some(mut rules) = rules else {
        let ended = RUNNING.with(|running| running.try_borrow_mut().map(|mut running| running.take()));
        return drop(ended);
    };
    rules.own_host = WINDOW.with(|window| window.location().host()).unwrap_or_default();
    for selector in &rules.selectors {
        if DOCUMENT.with(|document| document.query_selector(selector)).is_err() {
            console::warn_once(&["censor.selectors: ", selector, " is invalid, so everything is censored"].concat());
        }
    }
    RUNNING.with_borrow_mut(|running| match running {
        Some(running) => running.capture.set_rules(rules),
        None => {
            dom::prepare();
            *running = Some(Running {
                capture: Capture::new(rules),
                _listeners: listeners(),
                roots: Vec::new(),
                attention: None,
                timer: None,
                submit: None,
            });
        }
    });
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

/// Runs `act`, tells the recorder of the events, and sets timer and attention. Nothing happens while capture is off, or
/// if it is at work.
fn act(act: impl FnOnce(&mut Running) -> Vec<Captured>) {
    let events = RUNNING.with(|running| {
        let mut running = running.try_borrow_mut().ok()?;
        Some(act(running.as_mut()?))
    });
    update();
    report(events.unwrap_or_default());
}

/// Sets timer and attention. What the browser makes of a page's replaced constructors may throw: nothing is borrowed
/// then, so that capture goes on.
fn update() {
    let Some((timer, pressed)) = RUNNING.with(|running| {
        let mut running = running.try_borrow_mut().ok()?;
        Some(running.as_mut()?.due())
    }) else {
        return;
    };
    if let Some(at) = timer {
        let wait_ms = (at - clock::now()).max(0) as u32;
        let timer = Timeout::new(wait_ms, || contain::contained(on_timer));
        set(|running| running.timer = Some((at, timer)));
    }
    if let Some(pressed) = pressed {
        let attention = Attention::new(&pressed, REACTIONS);
        set(|running| running.attention = Some(attention));
    }
}

fn set(change: impl FnOnce(&mut Running)) {
    RUNNING.with(|running| {
        if let Ok(mut running) = running.try_borrow_mut()
            && let Some(running) = running.as_mut()
        {
            change(running);
        }
    });
}

fn report(events: Vec<Captured>) {
    events.into_iter().for_each(|event| signal::report(Signal::Captured(event)));
}

impl Running {
    /// When a new timer is to go off, if one is needed, and the shadow trees of the press, if attention is. What is not
    /// needed any more ends.
    fn due(&mut self) -> (Option<i64>, Option<Vec<DomNode>>) {
        let due = self.capture.due_at();
        let is_set = self.timer.as_ref().map(|(at, _)| *at) == due;
        if !is_set {
            self.timer = None;
        }
        let is_attentive = self.capture.is_attentive();
        if !is_attentive {
            self.attention = None;
        }
        let needs_attention = is_attentive && self.attention.is_none();
        (due.filter(|_| !is_set), needs_attention.then(|| self.capture.pressed_roots()))
    }
}

fn on_timer() {
    act(|running| {
        running.timer = None;
        running.capture.settled(clock::now())
    });
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
        act(|running| running.capture.change(&field, is_trusted(event), clock::now()));
    }
}

fn on_submit(event: &Event) {
    let Some(form) = events::innermost(event).filter(|_| is_trusted(event)) else { return };
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
        for root in events::roots(event) {
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
    if let Some(element) = events::innermost(event).filter(|_| is_trusted(event)) {
        act(|running| {
            running.capture.input(&element);
            Vec::new()
        });
    }
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
    let explanation = RUNNING.with(|running| Some(running.try_borrow().ok()?.as_ref()?.capture.explain(&node)))?;
    let value = JSON::parse(&serde_json::to_string(&explanation).ok()?).ok()?;
    // `JSON.stringify` of an element may throw: what a page's library has hung on it is no JSON.
    for (name, node) in [("element", explanation.element), ("region", explanation.region)] {
        node.into_iter().for_each(|node| node.hide_in(&value, name));
    }
    Some(value)
}
