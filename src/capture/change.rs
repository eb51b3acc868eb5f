//! Changes of fields and editors: several changes of one field within a second are one event.

use super::description::{Described, Reading, describe};
use super::event::{By, Captured, EventData};
use super::node::Node;
use super::privacy::is_field;
use super::rules::Rules;
use super::target::{Target, form_of, is_editable};

/// How long a field must be at rest before its changes are one event, in ms.
const QUIET_MS: i64 = 1_000;
/// The most fields that change at the same time.
const FIELDS: usize = 20;
/// The most editors, one in the other.
const EDITORS: usize = 200;

#[derive(Clone, Debug)]
struct Change<N> {
    described: Described<N>,
    by: By,
    count: u32,
    last_at: i64,
    /// The time of the last event by the browser's own count.
    stamp: f64,
}

/// An editor that has the focus.
#[derive(Clone, Debug)]
struct Editor<N> {
    host: N,
    is_changed: bool,
}

/// The changes that are not recorded yet.
#[derive(Clone, Debug)]
pub struct Changes<N> {
    open: Vec<Change<N>>,
    editor: Option<Editor<N>>,
}

impl<N> Default for Changes<N> {
    fn default() -> Self {
        Changes { open: Vec::new(), editor: None }
    }
}

impl<N: Node> Changes<N> {
    /// A field changed. A change that a script reports counts only if the browser has filled the field in. An event
    /// passes every tree that shows the field, in a slot too, and counts once: its `stamp` is the same in each of them.
    pub fn change(&mut self, field: &N, is_trusted: bool, stamp: f64, at: i64, rules: &Rules) -> Vec<Captured> {
        if !is_field(&field.tag()) {
            return Vec::new();
        }
        let is_filled = [":autofill", ":-webkit-autofill"].iter().any(|one| field.matches(one) == Some(true));
        if !is_trusted && !is_filled {
            return Vec::new();
        }
        let by = if is_filled { By::Autofill } else { By::User };
        self.add(field, by, stamp, at, rules)
    }

    fn add(&mut self, node: &N, by: By, stamp: f64, at: i64, rules: &Rules) -> Vec<Captured> {
        let mut done = self.settled(at, rules);
        if let Some(change) = self.open.iter_mut().find(|change| change.described.node == *node) {
            if change.stamp != stamp {
                (change.by, change.count, change.last_at, change.stamp) = (by, change.count + 1, at, stamp);
            }
            return done;
        }
        let target = Target { node: node.clone(), is_plain: false, is_by_label: false };
        if let Some(described) = describe(target, node, Reading::NoText, rules) {
            if self.open.len() == FIELDS {
                done.extend(self.open.remove(0).event(rules));
            }
            self.open.push(Change { described, by, count: 1, last_at: at, stamp });
        }
        done
    }

    /// An element got the focus.
    pub fn focus(&mut self, node: &N, at: i64, rules: &Rules) -> Vec<Captured> {
        let host = editor_of(node);
        if self.editor.as_ref().map(|editor| &editor.host) == host.as_ref() {
            return Vec::new();
        }
        let done = self.leave_editor(at, rules);
        self.editor = host.map(|host| Editor { host, is_changed: false });
        done
    }

    /// Something was put in.
    pub fn input(&mut self, node: &N) {
        if let Some(host) = editor_of(node) {
            self.editor = Some(Editor { host, is_changed: true });
        }
    }

    /// An element lost the focus. Returns its changes.
    pub fn blur(&mut self, node: &N, at: i64, rules: &Rules) -> Vec<Captured> {
        let mut done = self.take(rules, &|change| change.described.node == *node);
        if editor_of(node).is_some() {
            done.extend(self.leave_editor(at, rules));
        }
        done
    }

    fn leave_editor(&mut self, at: i64, rules: &Rules) -> Vec<Captured> {
        let Some(Editor { host, is_changed: true }) = self.editor.take() else { return Vec::new() };
        self.add(&host, By::User, at as f64, at, rules);
        self.take(rules, &|change| change.described.node == host)
    }

    /// The changes of a form's fields.
    pub fn of_form(&mut self, form: &N, rules: &Rules) -> Vec<Captured> {
        self.take(rules, &|change| form_of(&change.described.node).as_ref() == Some(form))
    }

    /// The changes of fields that are at rest.
    pub fn settled(&mut self, now: i64, rules: &Rules) -> Vec<Captured> {
        self.take(rules, &|change| now - change.last_at >= QUIET_MS)
    }

    /// All changes.
    pub fn all(&mut self, at: i64, rules: &Rules) -> Vec<Captured> {
        let mut done = self.leave_editor(at, rules);
        done.extend(self.take(rules, &|_| true));
        done
    }

    /// When a field is at rest, epoch ms.
    pub fn due_at(&self) -> Option<i64> {
        self.open.iter().map(|change| change.last_at + QUIET_MS).min()
    }

    fn take(&mut self, rules: &Rules, is_one: &dyn Fn(&Change<N>) -> bool) -> Vec<Captured> {
        let (done, open) = std::mem::take(&mut self.open).into_iter().partition(is_one);
        self.open = open;
        let done: Vec<Change<N>> = done;
        done.into_iter().filter_map(|change| change.event(rules)).collect()
    }
}

impl<N: Node> Change<N> {
    fn event(mut self, rules: &Rules) -> Option<Captured> {
        if !self.described.check_again(rules) {
            return None;
        }
        let mut data = EventData::of(&self.described);
        data.by = Some(self.by);
        data.count = (self.count > 1).then_some(self.count);
        Some(data.at(self.last_at, "elementChange"))
    }
}

/// The outermost editor around a node.
fn editor_of<N: Node>(node: &N) -> Option<N> {
    let (mut editor, mut at) = (None, Some(node.clone()));
    for _ in 0..EDITORS {
        let Some(one) = at.and_then(|node| node.closest("[contenteditable]")) else { break };
        at = one.parent();
        if is_editable(&one) {
            editor = Some(one);
        }
    }
    editor
}
