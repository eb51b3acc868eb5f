//! The marks by which elements are censored or hidden: those of the site, of its lists and of other tools. Each element is
//! asked for its own alone; [`privacy`](super::privacy) makes of them what counts for what is inside.

use super::node::{ATTRIBUTE, Node, attribute, has_value, listed};
use super::rules::Rules;

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

/// The attribute by which a site says how private an element is.
pub(super) const MARK: &str = "data-wm-privacy";

/// The attributes that are read of an element which has one of them.
const MARKS: &str = "[data-wm-privacy],[data-wm-rage],[data-wm-dead],[data-dd-privacy],[data-sentry-mask],\
    [data-sentry-block],[data-sentry-ignore],[data-amp-mask],[data-clarity-mask],[data-openreplay-hidden],\
    [data-openreplay-masked],[data-openreplay-obscured],[data-hj-suppress],[data-private],\
    a[href],area[href],[download],[target]";

/// The attributes by which other tools mark elements. A mark counts by being there.
pub(super) const FOREIGN_ATTRIBUTES: &[&str] = &[
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
    pub(super) masks: Option<bool>,
    pub(super) strength: Strength,
    pub(super) rule: Option<&'static str>,
    pub(super) is_guidance: bool,
    pub(super) is_rage_off: bool,
    pub(super) is_dead_off: bool,
}

impl Marks {
    pub(super) fn add(&mut self, strength: Strength, rule: &'static str) {
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

/// Matches every element that has marks beside those of its classes.
pub(super) fn marked(rules: &Rules) -> String {
    let ids = if rules.ids.is_empty() { "" } else { ",[id]" };
    let selectors = if rules.selectors.is_empty() { "" } else { "," };
    [MARKS, ids, selectors, &rules.selectors.join(",")].concat()
}

/// Matches every element whose classes are marks.
pub(super) fn named(rules: &Rules) -> String {
    let mut selector = [FOREIGN_NAMED, ",", GUIDANCE_NAMED, ",[class~=\"wm-hide\" i]"].concat();
    let is_plain = |class: &String| class.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    for class in &rules.classes {
        // What would have to be escaped is asked of each element that has classes.
        selector += &*if is_plain(class) { [",[class~=\"", class, "\" i]"].concat() } else { ",[class]".to_owned() };
    }
    selector
}
