//! What a click on an element would record now, and the rule by which each part of it is recorded or left out. The
//! element is described by the code that describes it for an event.

use super::click::described;
use super::description::{Described, Reading, may_be_listed};
use super::event::EventData;
use super::node::{Node, attribute};
use super::privacy::{self, Strength};
use super::rules::Rules;
use super::target;
use serde::Serialize;

/// What a click on an element would record now.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation<N> {
    /// `open`, `censored`, `hidden`, or `page` where a click is about no element.
    pub privacy: &'static str,
    /// The rule that censors or hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// The data of `elementClick`, without the pointer; `null` if nothing is recorded.
    pub data: Option<EventData>,
    /// The parts that the element has.
    pub parts: Vec<Part>,
    /// The element that the event is about; `None` if nothing is recorded.
    #[serde(skip)]
    pub element: Option<N>,
    /// The element whose mark, setting or kind censors or hides it; `None` where another rule does.
    #[serde(skip)]
    pub region: Option<N>,
}

/// A part of what an event may have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The part's name: `text`, `href`, `attrs.rel`.
    pub part: String,
    /// Whether it is recorded.
    pub recorded: bool,
    /// The rule that leaves it out, or a part of it; of what is recorded, the rule that allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
}

impl<N: Node> Explanation<N> {
    /// Explains a click whose innermost node is `node`.
    pub fn of(node: &N, rules: &Rules) -> Self {
        let none =
            |privacy, rule, region| Explanation { privacy, rule, data: None, parts: Vec::new(), element: None, region };
        let Some(target) = target::of(node) else { return none("page", None, None) };
        let Some(described) = described(node, rules) else {
            let mut both = [&target.node, node].into_iter().map(|node| privacy::of(node, rules));
            let hidden = both.find(|one| one.strength == Strength::Hidden);
            let (rule, region) = hidden.map_or((None, None), |hidden| (hidden.rule, hidden.region));
            return none("hidden", rule, region);
        };
        Explanation {
            privacy: if described.privacy.strength == Strength::Censored { "censored" } else { "open" },
            rule: described.privacy.rule,
            data: Some(EventData::of(&described)),
            element: Some(described.node.clone()),
            region: described.privacy.region.clone(),
            parts: parts(described, rules),
        }
    }
}

/// The parts of an element. Of a censored element it is read which of them there are, not what they say.
fn parts<N: Node>(mut described: Described<N>, rules: &Rules) -> Vec<Part> {
    let censored = described.privacy.rule;
    if censored.is_some() {
        described.read(Reading::All, rules);
    }
    let Described { node, element, words, .. } = &described;
    let mut parts = Vec::new();
    let mut add = |part: &str, is_there: bool, rule: Option<&'static str>| {
        if is_there || rule.is_some() {
            let recorded = is_there && censored.is_none();
            parts.push(Part { part: part.to_owned(), recorded, rule: censored.or(rule) });
        }
    };
    add("text", words.text.is_some(), words.text_rule);
    add("label", words.label.is_some(), words.label_rule);
    add("name", words.name.is_some(), None);
    add("title", words.title.is_some(), None);
    add("test", element.test.is_some(), None);
    add("href", element.href.is_some(), None);
    add("place", true, None);
    for (name, _) in &element.attrs {
        let rule = rules.attributes.contains(name).then_some("experience.attributes");
        add(&["attrs.", name].concat(), true, rule);
    }
    // What is never recorded, with any settings.
    let is_refused = |name: &&str| *name != "value" && !may_be_listed(name) && attribute(node, name).is_some();
    let refused = rules.attributes.iter().map(|name| &**name).filter(is_refused);
    for name in refused.chain(privacy::is_field(&element.tag).then_some("value")) {
        parts.push(Part { part: name.to_owned(), recorded: false, rule: Some("never") });
    }
    parts
}
