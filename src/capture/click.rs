//! Clicks: a press and the click that follows it are one event, described as it was pressed.

use super::description::{Described, Reading, describe};
use super::event::By;
use super::node::Node;
use super::rules::Rules;
use super::target::{self, form_of, is_disabled, is_submit};

/// How long a press waits for its click, in ms.
const PRESS_MS: i64 = 10_000;
/// How soon the click that a label forwards to its control comes, in ms.
const FORWARD_MS: i64 = 50;
/// How soon a form is submitted after a click on its button, in ms.
const SUBMIT_MS: i64 = 1_000;

/// A press of a pointer, or its release.
#[derive(Clone, Debug)]
pub struct Pointer<N> {
    /// The innermost node.
    pub innermost: N,
    /// When, epoch ms.
    pub at: i64,
    /// The kind of pointer.
    pub by: By,
}

/// A click.
#[derive(Clone, Debug)]
pub struct Click<N> {
    /// The innermost node.
    pub innermost: N,
    /// When, epoch ms.
    pub at: i64,
    /// The kind of pointer, if the browser says it.
    pub pointer: Option<By>,
    /// Whether the browser counts no click: a keyboard's, or one that the browser makes up.
    pub is_uncounted: bool,
    /// The mouse button: 0 or 1.
    pub button: u8,
    /// Whether a modifier key was held.
    pub has_modifier: bool,
    /// The place in the viewport, in CSS pixels.
    pub place: (i32, i32),
    /// The focused element.
    pub focused: Option<N>,
    /// The page's address.
    pub href: String,
}

/// A press that waits for its click.
#[derive(Clone, Debug)]
struct Press<N> {
    pointer: Pointer<N>,
    described: Option<Described<N>>,
    is_disabled: bool,
    /// Whether the page has done something since.
    is_answered: bool,
}

/// A click that is recorded.
#[derive(Clone, Debug)]
pub struct Recorded<N> {
    /// The described target.
    pub described: Described<N>,
    /// By what it was clicked.
    pub by: By,
    /// When it was pressed, epoch ms.
    pub pressed_at: i64,
    /// Whether the page has done something between press and click.
    pub is_answered: bool,
}

/// What is known of presses and clicks.
#[derive(Clone, Debug)]
pub struct Clicks<N> {
    press: Option<Press<N>>,
    /// The control that a label forwards its click to, and until when, epoch ms.
    forwarded: Option<(N, i64)>,
    /// The form that Enter is about to submit, and when that was pressed, epoch ms.
    entered: Option<(N, i64)>,
    /// The button of a form that was clicked last, and when, epoch ms.
    submitter: Option<(N, i64)>,
}

impl<N> Default for Clicks<N> {
    fn default() -> Self {
        Clicks { press: None, forwarded: None, entered: None, submitter: None }
    }
}

impl<N: Node> Clicks<N> {
    /// A pointer was pressed.
    pub fn press(&mut self, pointer: Pointer<N>, rules: &Rules) {
        let described = described(&pointer.innermost, rules);
        let is_disabled = described.as_ref().is_some_and(|described| is_disabled(&described.node));
        self.press = Some(Press { pointer, described, is_disabled, is_answered: false });
    }

    /// The pointer was released. Returns the disabled control that it pressed: no click follows there.
    pub fn release(&mut self, pointer: &Pointer<N>) -> Option<Described<N>> {
        let press = self.press.take_if(|press| press.is_disabled)?;
        let is_one = press.pointer.innermost == pointer.innermost && pointer.at - press.pointer.at <= PRESS_MS;
        press.described.filter(|_| is_one)
    }

    /// The pointer does something else: it scrolls.
    pub fn cancel(&mut self) {
        self.press = None;
    }

    /// The page has done something.
    pub fn answer(&mut self) {
        if let Some(press) = &mut self.press {
            press.is_answered = true;
        }
    }

    /// Forgets a press that no click has followed in time.
    pub fn settle(&mut self, now: i64) {
        self.press.take_if(|press| now - press.pointer.at >= PRESS_MS);
    }

    /// When a press is forgotten, epoch ms.
    pub fn due_at(&self) -> Option<i64> {
        self.press.as_ref().map(|press| press.pointer.at + PRESS_MS)
    }

    /// Whether the element is the one that is pressed.
    pub fn is_target(&self, node: &N) -> bool {
        let described = self.press.as_ref().and_then(|press| press.described.as_ref());
        described.is_some_and(|described| described.node == *node)
    }

    /// The roots of the shadow trees around what is pressed.
    pub fn roots(&self) -> Vec<N> {
        let described = self.press.as_ref().and_then(|press| press.described.as_ref());
        described.map(|described| described.privacy.roots.clone()).unwrap_or_default()
    }

    /// Whether a press waits for its click.
    pub fn is_pressed(&self) -> bool {
        self.press.is_some()
    }

    /// A click. Returns what is to be recorded of it.
    pub fn click(&mut self, click: &Click<N>, rules: &Rules) -> Option<Recorded<N>> {
        let forwarded = self.forwarded.take();
        if forwarded.is_some_and(|(control, until)| control == click.innermost && click.at <= until) {
            return None;
        }
        let press = self.press.take().filter(|press| click.at - press.pointer.at <= PRESS_MS);
        // What happens while the pointer is pressed answers the click, also where the click ends on another element.
        let is_answered = press.as_ref().is_some_and(|press| press.is_answered);
        let press = press.filter(|press| {
            // An element that was taken off the page when it was pressed gets no click: its parent does.
            press.pointer.innermost == click.innermost || !press.pointer.innermost.is_connected()
        });
        let (by, pressed_at) = match &press {
            Some(press) => (click.pointer.unwrap_or(press.pointer.by), press.pointer.at),
            None if click.is_uncounted => (By::Key, click.at),
            None => (click.pointer.unwrap_or(By::Mouse), click.at),
        };
        let mut described = match press {
            Some(press) => press.described?,
            None => described(&click.innermost, rules)?,
        };
        if self.is_entered(&described.node, click) || !described.check_again(rules) {
            return None;
        }
        if described.is_by_label {
            self.forwarded = Some((described.node.clone(), click.at + FORWARD_MS));
        }
        if is_submit(&described.node) {
            self.submitter = Some((described.node.clone(), click.at));
        }
        Some(Recorded { described, by, pressed_at, is_answered })
    }

    /// Whether the click is the one that the browser makes on a submit button for Enter in a field.
    fn is_entered(&mut self, target: &N, click: &Click<N>) -> bool {
        let Some(focused) = click.focused.as_ref().filter(|focused| *focused != target) else { return false };
        if !click.is_uncounted || !is_submit(target) {
            return false;
        }
        let form = form_of(target).filter(|form| form_of(focused).as_ref() == Some(form));
        self.entered = form.map(|form| (form, click.at));
        self.entered.is_some()
    }

    /// By what a form is submitted.
    pub fn submitted_by(&mut self, form: &N, submitter: Option<&N>, focused: Option<&N>, at: i64) -> Option<By> {
        let is_recent = |time: i64| at - time <= SUBMIT_MS;
        let entered = self.entered.take();
        if entered.is_some_and(|(entered, time)| entered == *form && is_recent(time)) {
            return Some(By::Enter);
        }
        match (submitter, &self.submitter) {
            (Some(submitter), Some((clicked, time))) if submitter == clicked && is_recent(*time) => Some(By::Button),
            (None, _) => focused.filter(|focused| form_of(*focused).as_ref() == Some(form)).map(|_| By::Enter),
            _ => None,
        }
    }
}

/// The target of a click, described.
pub fn described<N: Node>(innermost: &N, rules: &Rules) -> Option<Described<N>> {
    describe(target::of(innermost)?, innermost, Reading::All, rules)
}
