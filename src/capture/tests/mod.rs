//! Capture of a page in memory, trap by trap: the number in a test's name is that of the trap in the specification.

mod changes;
mod clicks;
mod elements;
mod frustration;
mod secrets;

use super::click::{Click, Pointer};
use super::event::{By, Captured};
use super::memory::{MemoryNode, page};
use super::node::Node;
use super::rules::Rules;
use super::{Capture, submit::Submit};
use serde_json::Value;

pub(super) const START: i64 = 1_553_433_890_000;

/// Everything is read that may be.
pub(super) fn open_rules() -> Rules {
    Rules { reads_text: true, honours_foreign: true, own_host: "shop.example".to_owned(), ..Rules::default() }
}

/// A page with a user.
pub(super) struct Scene {
    pub body: MemoryNode,
    pub capture: Capture<MemoryNode>,
    pub now: i64,
    pub stamp: f64,
    pub focused: Option<MemoryNode>,
    pub href: String,
}

impl Scene {
    pub fn new(html: &str) -> Self {
        Scene::with(html, open_rules())
    }

    pub fn with(html: &str, rules: Rules) -> Self {
        let (body, capture) = (page(html), Capture::new(rules));
        Scene { body, capture, now: START, stamp: 0.0, focused: None, href: String::new() }
    }

    pub fn pointer(&self, selector: &str) -> Pointer<MemoryNode> {
        Pointer { innermost: self.body.find(selector), at: self.now, by: By::Mouse }
    }

    pub fn press(&mut self, selector: &str) {
        self.capture.press(self.pointer(selector));
    }

    pub fn click_of(&self, selector: &str) -> Click<MemoryNode> {
        Click {
            innermost: self.body.find(selector),
            at: self.now,
            pointer: None,
            is_uncounted: false,
            button: 0,
            has_modifier: false,
            place: (10, 20),
            focused: self.focused.clone(),
            href: self.href.clone(),
        }
    }

    /// A click without its press.
    pub fn release(&mut self, selector: &str) -> Vec<Value> {
        let click = self.click_of(selector);
        values(self.capture.click(&click))
    }

    /// A press and its click.
    pub fn click(&mut self, selector: &str) -> Vec<Value> {
        self.press(selector);
        self.release(selector)
    }

    /// A key that the browser makes a click of.
    pub fn key(&mut self, selector: &str) -> Vec<Value> {
        let click = Click { is_uncounted: true, place: (0, 0), ..self.click_of(selector) };
        values(self.capture.click(&click))
    }

    pub fn change(&mut self, selector: &str) -> Vec<Value> {
        self.stamp += 1.0;
        values(self.capture.change(&self.body.find(selector), true, self.stamp, self.now))
    }

    pub fn submit(&mut self, form: &str, submitter: Option<&str>) -> Vec<Value> {
        let submitter = submitter.map(|submitter| self.body.find(submitter));
        let form = self.body.find(form);
        let (changes, submit) = self.capture.submit(&form, submitter.as_ref(), self.focused.as_ref(), self.now);
        values(changes.into_iter().chain(submit.map(|submit: Submit| submit.event(Some(true)))).collect())
    }

    /// Lets time pass, and takes what is due at each moment.
    pub fn wait(&mut self, ms: i64) -> Vec<Value> {
        let end = self.now + ms;
        let mut events = Vec::new();
        while let Some(due) = self.capture.due_at().filter(|due| *due <= end) {
            self.now = due.max(self.now);
            events.extend(self.capture.settled(self.now));
        }
        self.now = end;
        values(events)
    }
}

/// The events' data, with the type as `type`.
pub(super) fn values(events: Vec<Captured>) -> Vec<Value> {
    events
        .into_iter()
        .map(|event| {
            assert!(event.data.len() <= super::event::BYTES, "{}", event.data);
            let mut data: Value = serde_json::from_str(&event.data).unwrap();
            data["type"] = event.kind.into();
            data
        })
        .collect()
}

/// The one event.
#[track_caller]
pub(super) fn one(mut events: Vec<Value>) -> Value {
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}
