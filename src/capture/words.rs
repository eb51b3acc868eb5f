//! The words of an element: what a user reads on it, and how it is labelled. Everything is redacted before it is cut.

use super::node::{Node, NodeKind, above, attribute, has_value, nearest};
use super::privacy::{self, Marks, Strength};
use super::redact;
use super::rules::Rules;
use super::target::{is_editable, is_interactive};

/// The longest text that is kept, in characters.
pub(super) const KEPT: usize = 100;
/// A longer text is no label.
const LABEL: usize = 300;
/// The most nodes, and the most texts among them, that are read for a text.
const NODES: usize = 300;
/// See [`NODES`].
const TEXTS: usize = 100;
/// The most characters that are read for a text.
const CHARACTERS: usize = 1_000;
/// The most nodes of a shadow tree between a slot and its host.
const SLOT_STEPS: usize = 50;

/// A text as it may be kept; `None` for an empty one and for one that is too long for a label.
pub fn kept(text: &str) -> Option<String> {
    let redacted = redact::text(text);
    let is_label = redact::cut(&redacted, LABEL).len() == redacted.len();
    (is_label && !redacted.is_empty()).then(|| redact::cut(&redacted, KEPT).to_owned())
}

/// The text inside an element, without fields, editors, other interactive elements, and what is private or hidden.
pub fn text<N: Node>(element: &N, rules: &Rules) -> Option<String> {
    let mut words = String::new();
    let mut image = None;
    let mut open = vec![element.first_child()];
    let (mut nodes, mut texts) = (0, 0);
    while let Some(next) = open.pop() {
        let Some(node) = next else { continue };
        nodes += 1;
        if nodes > NODES || texts > TEXTS || words.len() > CHARACTERS * 4 {
            return None;
        }
        open.push(node.next_sibling());
        match node.kind() {
            NodeKind::Text if !is_in_private_slot(&node, rules) => {
                texts += 1;
                words = [&*words, " ", &*node.text(CHARACTERS)].concat();
            }
            NodeKind::Element if may_be_read(&node, rules) => {
                if node.tag() == "img" && image.is_none() {
                    image = attribute(&node, "alt");
                }
                open.push(node.first_child());
            }
            _ => {}
        }
    }
    kept(&words).or_else(|| if words.trim().is_empty() { kept(&image?) } else { None })
}

fn may_be_read<N: Node>(element: &N, rules: &Rules) -> bool {
    let is_left_out = matches!(
        &*element.tag(),
        "script" | "style" | "template" | "noscript" | "input" | "select" | "textarea" | "option" | "datalist"
    );
    !is_left_out
        && element.attribute("hidden").is_none()
        && !has_value(element, "aria-hidden", "true")
        && !is_interactive(element)
        && !Marks::of(element, rules).is_private()
        && !is_in_private_slot(element, rules)
}

/// Whether the node is shown in a slot that a mask of its shadow tree covers.
fn is_in_private_slot<N: Node>(node: &N, rules: &Rules) -> bool {
    let (mut at, host) = (node.slot(), node.parent());
    for _ in 0..SLOT_STEPS {
        match at {
            Some(inside) if Some(&inside) != host.as_ref() => {
                if inside.kind() == NodeKind::Element && Marks::of(&inside, rules).is_private() {
                    return true;
                }
                at = above(&inside);
            }
            _ => return false,
        }
    }
    true
}

/// How the element is labelled: by its own attributes, by other elements, or by its labels.
pub fn label<N: Node>(element: &N, rules: &Rules) -> Option<String> {
    let own = attribute(element, "aria-label").and_then(|label| kept(&label));
    let by_ids = || {
        let ids = attribute(element, "aria-labelledby")?;
        let others = ids.split_ascii_whitespace().take(3).filter_map(|id| element.by_id(id));
        joined(others, rules)
    };
    let by_labels = || {
        let around = nearest(element, 20, |node| node.tag() == "label");
        joined(element.labels().into_iter().chain(around).take(1), rules)
    };
    let by_image = || attribute(element, "alt").and_then(|alt| kept(&alt));
    own.or_else(by_ids).or_else(by_labels).or_else(by_image)
}

fn joined<N: Node>(others: impl Iterator<Item = N>, rules: &Rules) -> Option<String> {
    let is_open = |other: &N| privacy::of(other, rules).strength == Strength::Open && !is_editable(other);
    let texts: Vec<String> = others.filter(is_open).filter_map(|other| text(&other, rules)).collect();
    // Numbers that only together are one are one.
    if texts.is_empty() { None } else { kept(&texts.join(" ")) }
}
