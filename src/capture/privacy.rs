//! The privacy engine: whether an element is censored or hidden, and by which rule. In: an element and the rules. An
//! element inherits the strength of every element above it, across shadow hosts and slots. Levels 2 and 3 both ask
//! here.

pub use super::marks::Strength;
pub(super) use super::marks::is_field;
use super::marks::{MARK, Marks, marked, named};
use super::node::{Around, Node, NodeKind, attribute};
use super::rules::Rules;

/// The most nodes above an element that are asked. An element deeper than that is censored.
const ANCESTORS: usize = 1_000;

/// The privacy of an element, with what else the elements above it say.
#[derive(Clone, Debug)]
pub struct Privacy<N> {
    /// How much may be recorded.
    pub strength: Strength,
    /// The rule that decided.
    pub rule: Option<&'static str>,
    /// The outermost element that censors, or the nearest that hides.
    pub region: Option<N>,
    /// The roots of the shadow trees around it.
    pub roots: Vec<N>,
    /// Whether the element is part of guidance content.
    pub is_guidance: bool,
    /// Whether the site says that many clicks here are no rage.
    pub is_rage_off: bool,
    /// Whether the site says that a click here need not do anything, or the browser does it: a link, a download.
    pub is_dead_off: bool,
}

/// The privacy of an element.
pub fn of<N: Node>(element: &N, rules: &Rules) -> Privacy<N> {
    let Around { outer, is_cut, .. } = around(element, element, rules);
    of_nodes(element, outer.unwrap_or_default(), is_cut, rules)
}

/// The privacy of the target of an event that happened at `innermost`. That may be private by itself, be it a part of the
/// target or a label.
pub(super) fn of_target<N: Node>(target: &N, innermost: &N, rules: &Rules) -> Privacy<N> {
    if innermost == target {
        return of(target, rules);
    }
    let Around { inner, outer, is_cut } = around(innermost, target, rules);
    let inner = of_nodes(innermost, inner, is_cut, rules);
    let privacy = match outer {
        Some(outer) => of_nodes(target, outer, is_cut, rules),
        None => of(target, rules),
    };
    let roots = [privacy.roots, inner.roots].concat();
    if inner.strength > privacy.strength {
        Privacy { is_guidance: privacy.is_guidance, roots, ..inner }
    } else {
        Privacy { roots, ..privacy }
    }
}

fn around<N: Node>(element: &N, outer: &N, rules: &Rules) -> Around<N> {
    element.around(outer, ANCESTORS, &marked(rules), &named(rules))
}

/// The privacy of an element as far as it decides by itself, and these nodes that it is shown in.
fn of_nodes<N: Node>(element: &N, nodes: Vec<N>, is_cut: bool, rules: &Rules) -> Privacy<N> {
    let mut privacy = Privacy {
        strength: Strength::Open,
        rule: None,
        region: None,
        roots: Vec::new(),
        is_guidance: false,
        is_rage_off: false,
        is_dead_off: false,
    };
    if let Some(rule) = sensitive(element) {
        privacy.censor(rule);
        privacy.region = Some(element.clone());
        if rule == HIDDEN_INPUT {
            privacy.strength = Strength::Hidden;
        }
    }
    // The nearest of `mask` and `show` decides on those above it.
    let mut nearest = None;
    for node in nodes {
        match node.kind() {
            NodeKind::Element => {}
            NodeKind::Root => {
                privacy.roots.push(node);
                continue;
            }
            NodeKind::Text | NodeKind::Other => continue,
        }
        let mut marks = Marks::of(&node, rules);
        nearest = nearest.or(marks.masks);
        if marks.masks == Some(true) && nearest == Some(true) {
            marks.add(Strength::Censored, MARK);
        }
        if let Some(rule) = marks.rule {
            privacy.censor(rule);
            privacy.region = Some(node.clone());
        }
        privacy.strength = privacy.strength.max(marks.strength);
        if marks.strength == Strength::Hidden {
            privacy.rule = marks.rule;
            privacy.region = Some(node);
            return privacy;
        }
        privacy.is_guidance |= marks.is_guidance;
        privacy.is_rage_off |= marks.is_rage_off;
        privacy.is_dead_off |= marks.is_dead_off;
    }
    if is_cut {
        privacy.censor("too deep");
    }
    privacy
}

impl<N> Privacy<N> {
    /// Censors the element by a rule. The first rule is the one that is named.
    pub(super) fn censor(&mut self, rule: &'static str) {
        self.strength = self.strength.max(Strength::Censored);
        self.rule = self.rule.or(Some(rule));
    }
}

const HIDDEN_INPUT: &str = "a hidden input";

/// The rule by which a field is always censored, with any settings.
fn sensitive<N: Node>(element: &N) -> Option<&'static str> {
    if !is_field(&element.tag()) {
        return None;
    }
    if element.was_password() {
        return Some("a password field");
    }
    let kind = attribute(element, "type").unwrap_or_default();
    if kind.eq_ignore_ascii_case("hidden") {
        return Some(HIDDEN_INPUT);
    } else if kind.eq_ignore_ascii_case("file") {
        return Some("a file field");
    }
    let words = attribute(element, "autocomplete")?.to_ascii_lowercase();
    let is_one = |word: &str| word.starts_with("cc-") || word == "one-time-code" || word.ends_with("-password");
    words.split_ascii_whitespace().any(is_one).then_some("autocomplete")
}

#[cfg(test)]
mod tests;
