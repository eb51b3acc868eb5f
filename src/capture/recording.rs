//! Capture of a page: what the browser tells of clicks, changes and submits becomes events. In: nodes and times. Out:
//! the events to be recorded, at once or when they are due.

use super::change::Changes;
use super::click::{Click, Clicks, Pointer};
use super::dead::DeadClicks;
use super::event::{By, Captured, EventData};
use super::explanation::Explanation;
use super::node::Node;
use super::privacy;
use super::rage::Rage;
use super::rules::Rules;
use super::submit::Submit;

/// What is captured of a page.
#[derive(Clone, Debug)]
pub struct Capture<N> {
    rules: Rules,
    clicks: Clicks<N>,
    changes: Changes<N>,
    rage: Rage<N>,
    dead: DeadClicks<N>,
}

impl<N: Node> Capture<N> {
    /// Capture by these rules.
    pub fn new(rules: Rules) -> Self {
        Capture {
            rules,
            clicks: Clicks::default(),
            changes: Changes::default(),
            rage: Rage::default(),
            dead: DeadClicks::default(),
        }
    }

    /// Other rules hold from now on. What waits is checked by them before it is recorded.
    pub fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// A pointer was pressed.
    pub fn press(&mut self, pointer: Pointer<N>) {
        self.clicks.press(pointer, &self.rules);
    }

    /// The pointer was released.
    pub fn release(&mut self, pointer: &Pointer<N>) -> Option<Captured> {
        let mut disabled = self.clicks.release(pointer)?;
        let is_open = disabled.check_again(&self.rules);
        self.dead.disabled(&disabled, pointer.by, pointer.at).filter(|_| is_open)
    }

    /// The browser took the pointer for something else, such as scrolling.
    pub fn cancel(&mut self) {
        self.clicks.cancel();
    }

    /// A click.
    pub fn click(&mut self, click: &Click<N>) -> Vec<Captured> {
        let Some(recorded) = self.clicks.click(click, &self.rules) else { return Vec::new() };
        let mut data = EventData::of(&recorded.described);
        data.by = Some(recorded.by);
        data.button = (click.button > 0).then_some(click.button);
        if recorded.by != By::Key && !data.censored {
            (data.x, data.y) = (Some(click.place.0), Some(click.place.1));
        }
        let mut events: Vec<Captured> = self.rage.click(click, &recorded).into_iter().collect();
        self.dead.click(click, &recorded);
        events.push(data.at(click.at, "elementClick"));
        events
    }

    /// A field changed. `stamp` tells one event of a field from another.
    pub fn change(&mut self, field: &N, is_trusted: bool, stamp: f64, at: i64) -> Vec<Captured> {
        self.changes.change(field, is_trusted, stamp, at, &self.rules)
    }

    /// An element got the focus.
    pub fn focus(&mut self, node: &N, at: i64) -> Vec<Captured> {
        note_password(node);
        // A press gives the focus to what was pressed. Focus that goes elsewhere is something that happened.
        if !self.clicks.is_target(node) && !self.dead.is_target(node) {
            self.answer();
        }
        self.changes.focus(node, at, &self.rules)
    }

    /// Something was put into an editor or a field.
    pub fn input(&mut self, node: &N) {
        note_password(node);
        self.changes.input(node);
    }

    /// An element lost the focus.
    pub fn blur(&mut self, node: &N, at: i64) -> Vec<Captured> {
        self.changes.blur(node, at, &self.rules)
    }

    /// A form is submitted. Returns the changes of its fields, and the submit.
    pub fn submit(
        &mut self,
        form: &N,
        submitter: Option<&N>,
        focused: Option<&N>,
        at: i64,
    ) -> (Vec<Captured>, Option<Submit>) {
        let by = self.clicks.submitted_by(form, submitter, focused, at);
        let changes = self.changes.of_form(form, &self.rules);
        (changes, Submit::new(form, submitter, by, at, &self.rules))
    }

    /// The page has done something: clicks are not dead.
    pub fn answer(&mut self) {
        self.clicks.answer();
        self.dead.answer();
    }

    /// The user scrolled or selected something: clicks are neither dead nor rage.
    pub fn interrupt(&mut self) {
        self.answer();
        self.rage.interrupt();
    }

    /// The events that are due.
    pub fn settled(&mut self, now: i64) -> Vec<Captured> {
        self.clicks.settle(now);
        let mut events = self.changes.settled(now, &self.rules);
        if self.rage.due_at().is_some_and(|due| due <= now) {
            events.extend(self.rage.end());
        }
        events.extend(self.dead.settled(now));
        events
    }

    /// The events of a page that is left, or hidden. Of clicks that wait for an answer nothing is known.
    pub fn leave(&mut self, now: i64) -> Vec<Captured> {
        self.dead.answer();
        self.clicks.cancel();
        let mut events = self.changes.all(now, &self.rules);
        events.extend(self.rage.end());
        events
    }

    /// When the next event is due, epoch ms.
    pub fn due_at(&self) -> Option<i64> {
        [self.clicks.due_at(), self.changes.due_at(), self.rage.due_at(), self.dead.due_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether it matters what the page does and where the user scrolls.
    pub fn is_attentive(&self) -> bool {
        self.clicks.is_pressed() || self.rage.due_at().is_some() || self.dead.due_at().is_some()
    }

    /// The roots of the shadow trees around what is pressed.
    pub fn pressed_roots(&self) -> Vec<N> {
        self.clicks.roots()
    }

    /// What a click on this element would record now.
    pub fn explain(&self, node: &N) -> Explanation<N> {
        note_password(node);
        Explanation::of(node, &self.rules)
    }
}

/// A password field that is shown in plain letters later stays one.
fn note_password<N: Node>(node: &N) {
    if privacy::is_field(&node.tag()) {
        node.was_password();
    }
}
