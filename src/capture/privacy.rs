//! The privacy engine: whether an element is censored or hidden, and by which rule. In: an element and the rules. An
//! element inherits the strength of every element above it, across shadow hosts and slots. Levels 2 and 3 both ask
//! here.

use super::node::{ATTRIBUTE, Around, Node, NodeKind, attribute, has_value, listed};
use super::rules::Rules;

/// The most nodes above an element that are asked. An element deeper than that is censored.
const ANCESTORS: usize = 1_000;

/// How much of an element may be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// What its level collects.
    #[default]
    Open,
    /// Its structure only.
    Censored,
    /// Nothing, not even that something happened there.
    Hidden,
}

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

/// The attribute by which a site says how private an element is.
const MARK: &str = "data-wm-privacy";

/// The attributes that are read of an element which has one of them.
const MARKS: &str = "[data-wm-privacy],[data-wm-rage],[data-wm-dead],[data-dd-privacy],[data-sentry-mask],\
    [data-sentry-block],[data-sentry-ignore],[data-amp-mask],[data-clarity-mask],[data-openreplay-hidden],\
    [data-openreplay-masked],[data-openreplay-obscured],[data-hj-suppress],[data-private],\
    a[href],area[href],[download],[target]";

/// The attributes by which other tools mark elements. A mark counts by being there.
const FOREIGN_ATTRIBUTES: &[&str] = &[
    "data-sentry-mask",
    "data-sentry-block",
    "data-sentry-ignore",
    "data-amp-mask",
    "data-clarity-mask",
    "data-openreplay-hidden",
    "data-openreplay-masked",
    "data-openreplay-obscured",
    "data-hj-suppress",
    "data-private",
];

listed! {
    /// The classes by which other tools mark elements.
    FOREIGN_CLASSES, FOREIGN_NAMED: "[class~=\"", "\" i]";
    "ph-no-capture",
    "ph-sensitive",
    "ph-mask",
    "ph-ignore-input",
    "dd-privacy-hidden",
    "dd-privacy-mask",
    "dd-privacy-mask-user-input",
    "sentry-mask",
    "sentry-block",
    "sentry-ignore",
    "fs-exclude",
    "fs-mask",
    "amp-mask",
    "amp-block",
    "rr-block",
    "rr-mask",
    "rr-ignore",
    "mp-block",
    "mp-mask",
}

listed! {
    /// Classes of the pop-overs and overlays of guidance tools.
    GUIDANCE, GUIDANCE_NAMED: "[class~=\"", "\" i]";
    "driver-popover",
    "driver-overlay",
    "shepherd-element",
    "shepherd-modal-overlay-container",
    "introjs-tooltip",
    "introjs-overlay",
    "introjs-helperLayer",
    "react-joyride__tooltip",
    "react-joyride__overlay",
    "react-joyride__spotlight",
    "reactour__popover",
    "reactour__mask",
}

/// What an element says of itself and of what is inside.
#[derive(Default)]
pub(super) struct Marks {
    /// `data-wm-privacy="mask"` (true) or `"show"` (false).
    masks: Option<bool>,
    strength: Strength,
    rule: Option<&'static str>,
    is_guidance: bool,
    is_rage_off: bool,
    is_dead_off: bool,
}

impl Marks {
    fn add(&mut self, strength: Strength, rule: &'static str) {
        if strength > self.strength {
            (self.strength, self.rule) = (strength, Some(rule));
        }
    }

    /// The marks of an element alone.
    pub(super) fn of<N: Node>(element: &N, rules: &Rules) -> Self {
        let mut marks = Marks::default();
        marks.read_names(element, rules);
        if element.matches(MARKS) != Some(false) {
            marks.read_attributes(element, rules);
        }
        if !rules.selectors.is_empty() {
            match element.matches(&rules.selectors.join(",")) {
                Some(false) => {}
                Some(true) => marks.add(Strength::Censored, "censor.selectors"),
                None => marks.add(Strength::Censored, "censor.selectors is invalid"),
            }
        }
        marks
    }

    fn read_names<N: Node>(&mut self, element: &N, rules: &Rules) {
        let classes = element.attribute("class").unwrap_or_default();
        let id = if rules.ids.is_empty() { None } else { element.attribute("id") };
        if classes.len() > ATTRIBUTE || id.as_ref().is_some_and(|id| id.len() > ATTRIBUTE) {
            self.add(Strength::Censored, "too many classes");
        }
        if id.is_some_and(|id| rules.ids.contains(&id)) {
            self.add(Strength::Censored, "censor.ids");
        }
        for class in classes.split_ascii_whitespace() {
            if rules.classes.iter().any(|one| one == class) {
                self.add(Strength::Censored, "censor.classes");
            }
            if class.eq_ignore_ascii_case("wm-hide") {
                self.add(Strength::Censored, "wm-hide");
            }
            self.is_guidance |= GUIDANCE.contains(&class);
            let foreign = FOREIGN_CLASSES.iter().find(|one| one.eq_ignore_ascii_case(class));
            if let (Some(&name), true) = (foreign, rules.honours_foreign) {
                self.add_foreign(element, name);
            }
        }
    }

    fn read_attributes<N: Node>(&mut self, element: &N, rules: &Rules) {
        match attribute(element, MARK).as_deref().map(str::trim) {
            Some("hide") => self.add(Strength::Hidden, MARK),
            Some("show") => self.masks = Some(false),
            // A mark that nobody knows is a mask.
            Some(_) => self.masks = Some(true),
            None => {}
        }
        self.is_rage_off = has_value(element, "data-wm-rage", "off");
        self.is_dead_off = has_value(element, "data-wm-dead", "off")
            || ["download", "target"].iter().any(|name| element.attribute(name).is_some())
            || matches!(&*element.tag(), "a" | "area") && element.attribute("href").is_some();
        if !rules.honours_foreign {
            return;
        }
        for name in FOREIGN_ATTRIBUTES.iter().copied().filter(|name| element.attribute(name).is_some()) {
            self.add_foreign(element, name);
        }
        match attribute(element, "data-dd-privacy").as_deref() {
            Some("hidden") => self.add_foreign(element, "dd-privacy-hidden"),
            Some("mask") => self.add_foreign(element, "dd-privacy-mask"),
            Some("mask-user-input") => self.add_foreign(element, "dd-privacy-mask-user-input"),
            _ => {}
        }
    }

    fn add_foreign<N: Node>(&mut self, element: &N, name: &'static str) {
        if name == "dd-privacy-mask-user-input" && !is_field(&element.tag()) {
            return;
        }
        let hides = ["block", "no-capture", "ignore", "hidden", "exclude"].iter().any(|word| name.contains(word));
        self.add(if hides { Strength::Hidden } else { Strength::Censored }, name);
    }

    /// The rule by which nothing of the element's text may be read.
    pub(super) fn private(&self) -> Option<&'static str> {
        self.rule.or_else(|| if self.masks == Some(true) { Some(MARK) } else { None })
    }
}

/// Whether the element is a field that a user fills in.
pub(super) fn is_field(tag: &str) -> bool {
    matches!(tag, "input" | "select" | "textarea")
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

/// Matches every element that has marks beside those of its classes.
fn marked(rules: &Rules) -> String {
    let ids = if rules.ids.is_empty() { "" } else { ",[id]" };
    let selectors = if rules.selectors.is_empty() { "" } else { "," };
    [MARKS, ids, selectors, &rules.selectors.join(",")].concat()
}

/// Matches every element whose classes are marks.
fn named(rules: &Rules) -> String {
    let mut selector = [FOREIGN_NAMED, ",", GUIDANCE_NAMED, ",[class~=\"wm-hide\" i]"].concat();
    let is_plain = |class: &String| class.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    for class in &rules.classes {
        // What would have to be escaped is asked of each element that has classes.
        selector += &*if is_plain(class) { [",[class~=\"", class, "\" i]"].concat() } else { ",[class]".to_owned() };
    }
    selector
}

impl<N> Privacy<N> {
    /// Censors the element by a rule. The first rule is the one that is named.
    pub(super) fn censor(&mut self, rule: &'static str) {
        self.strength = self.strength.max(Strength::Censored);
        self.rule = self.rule.or(Some(rule));
    }
}

const HIDDEN_INPUT: &str = "a hidden input";

/// The rule by which a field is always censored, whatever else is set.
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
