//! Capture that runs on the page: one act at a time, and what follows from each: events, a timer, attention.

use super::attention::Attention;
use super::dom::DomNode;
use crate::browser::listener::Listener;
use crate::browser::signal::{self, Signal};
use crate::browser::{clock, contain};
use crate::capture::submit::Submit;
use crate::capture::{Capture, Captured, Rules};
use gloo_timers::callback::Timeout;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::Event;

/// What runs.
pub struct Running {
    /// The state of level 2.
    pub capture: Capture<DomNode>,
    /// Those that listen all the time.
    pub _listeners: Vec<Listener>,
    /// Shadow trees, whose changes and submits do not leave them.
    pub roots: Vec<(DomNode, [Listener; 2])>,
    /// A submit of which it is not known yet whether the page prevents it.
    pub submit: Option<(Submit, Event)>,
    /// What is listened to while it matters.
    pub attention: Rc<Attention>,
    timer: Option<(i64, Timeout)>,
}

#[derive(Default)]
enum State {
    #[default]
    Off,
    On(Box<Running>),
    /// Capture is at work, or a fault has ended it.
    Busy,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::Off) };
}

/// Captures by these rules from now on.
pub fn run(rules: Rules, listeners: fn() -> Vec<Listener>, attention: fn() -> Attention) {
    match STATE.take() {
        State::Off => STATE.set(State::On(Box::new(Running {
            capture: Capture::new(rules),
            _listeners: listeners(),
            roots: Vec::new(),
            submit: None,
            attention: Rc::new(attention()),
            timer: None,
        }))),
        State::On(mut running) => {
            running.capture.set_rules(rules);
            STATE.set(State::On(running));
        }
        State::Busy => STATE.set(State::Busy),
    }
}

/// Captures nothing any more.
pub fn end() {
    drop(take());
}

fn take() -> Option<Box<Running>> {
    match STATE.take() {
        State::On(running) => Some(running),
        other => {
            STATE.set(other);
            None
        }
    }
}

/// Runs `act`, tells the recorder of the events, and sets timer and attention. Nothing happens while capture is off, or
/// if it is at work.
pub fn act(act: impl FnOnce(&mut Running) -> Vec<Captured>) {
    if let Some(mut running) = begin() {
        let events = act(&mut running);
        finish(running, events);
    }
}

/// What `read` gives, unless capture is off or at work.
pub fn ask<T>(read: impl FnOnce(&Running) -> T) -> Option<T> {
    let running = begin()?;
    let answer = read(&running);
    STATE.set(State::On(running));
    Some(answer)
}

fn begin() -> Option<Box<Running>> {
    let running = take()?;
    STATE.set(State::Busy);
    Some(running)
}

fn finish(mut running: Box<Running>, events: Vec<Captured>) {
    let timer = running.due();
    let pressed = running.capture.is_attentive().then(|| running.capture.pressed_roots());
    let attention = Rc::clone(&running.attention);
    STATE.set(State::On(running));
    // What the browser makes of a page's replaced functions may throw: capture goes on then.
    if let Some(at) = timer {
        let wait_ms = (at - clock::now()).max(0) as u32;
        let timer = Timeout::new(wait_ms, || contain::contained(on_timer));
        if let Some(mut running) = take() {
            running.timer = Some((at, timer));
            STATE.set(State::On(running));
        }
    }
    match pressed {
        Some(roots) => attention.begin(&roots),
        None => attention.end(),
    }
    events.into_iter().for_each(|event| signal::report(Signal::Captured(event)));
}

fn on_timer() {
    act(|running| {
        running.timer = None;
        running.capture.settled(clock::now())
    });
}

impl Running {
    /// When a new timer is to go off, if one is needed. One that is not needed any more ends. A timer that goes off too
    /// early sets the next one then: that costs less than a new one at every press and click.
    fn due(&mut self) -> Option<i64> {
        let due = self.capture.due_at();
        let is_set = self.timer.as_ref().is_some_and(|(at, _)| due.is_some_and(|due| *at <= due));
        if !is_set {
            self.timer = None;
        }
        due.filter(|_| !is_set)
    }
}
