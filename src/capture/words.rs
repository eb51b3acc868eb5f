//! The words of an element: what a user reads on it, and how it is labelled. Everything is redacted before it is cut.

use super::marks::Marks;
use super::node::{Node, NodeKind, above, attribute, has_value};
use super::privacy::{self, Strength};
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
/// The rule that leaves out such a text.
const TOO_LONG: &str = "too long";
/// The most nodes of a shadow tree between a slot and its host.
const SLOT_STEPS: usize = 50;

/// A text as it may be kept; `None` for an empty one and for one that is too long for a label.
pub fn kept(text: &str) -> Option<String> {
    let redacted = redact::text(text);
    let is_label = redact::cut(&redacted, LABEL).len() == redacted.len();
    (is_label && !redacted.is_empty()).then(|| redact::cut(&redacted, KEPT).to_owned())
}

/// Reads words, and notes why it leaves some out.
pub struct Reader<'a> {
    rules: &'a Rules,
    /// The last rule that left out something that a user reads.
    pub left_out: Option<&'static str>,
}

impl<'a> Reader<'a> {
    /// Reads by these rules.
    pub fn new(rules: &'a Rules) -> Self {
        Reader { rules, left_out: None }
    }

    /// The text inside an element, without fields, editors, other interactive elements, and what is private or hidden.
    pub fn text<N: Node>(&mut self, element: &N) -> Option<String> {
        let mut words = String::new();
        let mut image = None;
        let mut open = vec![element.first_child()];
        let (mut nodes, mut texts) = (0, 0);
        while let Some(next) = open.pop() {
            let Some(node) = next else { continue };
            nodes += 1;
            if nodes > NODES || texts > TEXTS || words.len() > CHARACTERS * 4 {
                self.left_out = Some(TOO_LONG);
                return None;
            }
            open.push(node.next_sibling());
            match node.kind() {
                NodeKind::Text if !self.is_in_private_slot(&node, NodeKind::Text) => {
                    texts += 1;
                    words = [&*words, " ", &*node.text(CHARACTERS)].concat();
                }
                NodeKind::Element => {
                    let tag = node.tag();
                    if self.may_be_read(&node, &tag) {
                        if tag == "img" && image.is_none() {
                            image = attribute(&node, "alt");
                        }
                        open.push(node.first_child());
                    }
                }
                _ => {}
            }
        }
        let words = if words.trim().is_empty() { image? } else { words };
        let kept = kept(&words);
        if kept.is_none() {
            self.left_out = Some(TOO_LONG);
        }
        kept
    }

    fn may_be_read<N: Node>(&mut self, element: &N, tag: &str) -> bool {
        let is_left_out = matches!(
            tag,
            "script" | "style" | "template" | "noscript" | "input" | "select" | "textarea" | "option" | "datalist"
        );
        let is_hidden = element.matches("[hidden],[aria-hidden]") != Some(false)
            && (element.attribute("hidden").is_some() || has_value(element, "aria-hidden", "true"));
        !is_left_out
            && !is_hidden
            && !is_interactive(element, tag)
            && !self.is_private(element)
            && !self.is_in_private_slot(element, NodeKind::Element)
    }

    fn is_private<N: Node>(&mut self, element: &N) -> bool {
        let private = Marks::of(element, self.rules).private();
        self.left_out = private.or(self.left_out);
        private.is_some()
    }

    /// Whether the node is shown in a slot that a mask of its shadow tree covers.
    fn is_in_private_slot<N: Node>(&mut self, node: &N, kind: NodeKind) -> bool {
        let Some(slot) = node.slot(kind) else { return false };
        let (mut at, host) = (Some(slot), node.parent());
        for _ in 0..SLOT_STEPS {
            match at {
                Some(inside) if Some(&inside) != host.as_ref() => {
                    let kind = inside.kind();
                    if kind == NodeKind::Element && self.is_private(&inside) {
                        return true;
                    }
                    at = above(&inside, kind);
                }
                _ => return false,
            }
        }
        true
    }

    /// How the element is labelled: by its own attributes, by other elements, or by its labels.
    pub fn label<N: Node>(&mut self, element: &N) -> Option<String> {
        let own = |name: &str| attribute(element, name).and_then(|label| kept(&label));
        own("aria-label")
            .or_else(|| {
                let ids = attribute(element, "aria-labelledby")?;
                self.joined(ids.split_ascii_whitespace().take(3).filter_map(|id| element.by_id(id)).collect())
            })
            .or_else(|| {
                let label = element.label().or_else(|| element.closest("label"));
                self.joined(label.into_iter().collect())
            })
            .or_else(|| own("alt"))
    }

    fn joined<N: Node>(&mut self, others: Vec<N>) -> Option<String> {
        let mut texts = Vec::new();
        for other in others {
            if is_editable(&other) {
                continue;
            }
            let privacy = privacy::of(&other, self.rules);
            match privacy.strength {
                Strength::Open => texts.extend(self.text(&other)),
                _ => self.left_out = privacy.rule,
            }
        }
        // Numbers that only together are one are one.
        if texts.is_empty() { None } else { kept(&texts.join(" ")) }
    }
}
