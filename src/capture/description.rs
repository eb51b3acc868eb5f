//! The description of an element: what an event says of it, and what censorship leaves of that.

use super::node::{Node, attribute, listed};
use super::privacy::{self, Privacy, Strength};
use super::rules::Rules;
use super::target::{Target, is_editable};
use super::words::{self, Reader};
use super::{address, path, redact};
use serde::{Serialize, Serializer};

/// The longest ID, test attribute and other attribute, in characters.
const NAME: usize = 64;
/// The longest class, in characters, and the most classes.
const CLASS: usize = 48;
const CLASSES: usize = 10;
/// The longest type and role, in characters.
const KIND: usize = 24;
/// The most other attributes.
const ATTRIBUTES: usize = 8;

listed! {
    /// Attributes that test tools find elements by.
    TEST, TESTED: "[", "]";
    "data-testid",
    "data-test",
    "data-test-id",
    "data-qa",
    "data-qa-id",
    "data-cy",
    "data-component",
}

/// Types of inputs and buttons that the platform knows.
const TYPES: &[&str] = &[
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "file",
    "image",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

listed! {
    /// Attributes that say what an element does and what state it is in.
    OTHERS, DESCRIBED: "[", "]";
    "aria-expanded",
    "aria-disabled",
    "aria-current",
    "aria-haspopup",
    "aria-pressed",
    "aria-checked",
    "aria-selected",
    "disabled",
    "readonly",
    "required",
    "tabindex",
    "target",
    "rel",
    "download",
    "method",
    "enctype",
    "autocomplete",
}

/// Attributes whose presence is all that is recorded.
const FLAGS: &[&str] = &["disabled", "readonly", "required", "download"];

/// Attributes that may show what a user has put into a page: never read, even if the site lists them.
const NEVER: &[&str] = &["value", "style", "src", "srcdoc", "srcset", "placeholder", "nonce", "content"];

/// An element as events have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ElementData {
    /// The element's name.
    pub tag: String,
    /// The attribute `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The attribute `type`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The attribute `role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The element's path.
    pub path: String,
    /// An attribute that test tools find it by, as `name=value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// Other attributes.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_map")]
    pub attrs: Vec<(String, String)>,
}

fn as_map<S: Serializer>(members: &[(String, String)], writer: S) -> Result<S::Ok, S::Error> {
    writer.collect_map(members.iter().map(|(name, value)| (name, value)))
}

/// What a user reads on an element, and how it is labelled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// The text inside.
    pub text: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// The attribute `name`.
    pub name: Option<String>,
    /// The attribute `title`.
    pub title: Option<String>,
    /// The rule that leaves out the text or a part of it, or allows it.
    pub text_rule: Option<&'static str>,
    /// The rule that leaves out a label.
    pub label_rule: Option<&'static str>,
}

/// A described element.
#[derive(Clone, Debug)]
pub struct Described<N> {
    /// The element.
    pub node: N,
    /// Its privacy when it was described.
    pub privacy: Privacy<N>,
    /// What events say of it.
    pub element: ElementData,
    /// Its words.
    pub words: Words,
    /// Whether no interactive element was found.
    pub is_plain: bool,
    /// Whether a label of it was clicked.
    pub is_by_label: bool,
}

/// Where the words of an element may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Text, label, name and title.
    All,
    /// Everything but the text.
    NoText,
}

/// Describes the target of an event; `None` if it is hidden. `innermost` is where the event happened.
pub fn describe<N: Node>(target: Target<N>, innermost: &N, reading: Reading, rules: &Rules) -> Option<Described<N>> {
    let Target { node, is_plain, is_by_label } = target;
    let mut privacy = privacy::of_target(&node, innermost, rules);
    if privacy.strength == Strength::Hidden {
        return None;
    }
    if !rules.reads_text {
        privacy.censor("experience.text");
    }
    let mut described = Described {
        element: structure(&node, privacy.region.as_ref()),
        words: Words::default(),
        node,
        privacy,
        is_plain,
        is_by_label,
    };
    if described.privacy.strength == Strength::Open {
        described.read(reading, rules);
    }
    Some(described)
}

/// What is recorded of a censored element, too.
fn structure<N: Node>(node: &N, region: Option<&N>) -> ElementData {
    let name = |name: &str, limit: usize| kept(&attribute(node, name)?, limit);
    let classes = attribute(node, "class").unwrap_or_default();
    let kind = attribute(node, "type").map(|kind| kind.trim().to_ascii_lowercase());
    ElementData {
        tag: redact::cut(&node.tag(), path::TAG).to_owned(),
        id: name("id", NAME),
        classes: classes.split_ascii_whitespace().take(CLASSES).filter_map(|class| kept(class, CLASS)).collect(),
        kind: kind.filter(|kind| TYPES.contains(&&**kind)),
        role: name("role", KIND).map(|role| role.to_ascii_lowercase()),
        path: path::of(node, region),
        ..ElementData::default()
    }
}

fn kept(text: &str, limit: usize) -> Option<String> {
    let redacted = redact::text(text);
    (!redacted.is_empty()).then(|| redact::cut(&redacted, limit).to_owned())
}

impl<N: Node> Described<N> {
    /// Leaves the structure only.
    pub fn censor(&mut self, rule: &'static str) {
        self.privacy.censor(rule);
        self.words = Words::default();
        let element = &mut self.element;
        (element.test, element.href) = (None, None);
        element.attrs.clear();
    }

    /// Censors the element if it has become private since it was described. Returns whether it may be recorded.
    pub fn check_again(&mut self, rules: &Rules) -> bool {
        // An element that was taken off the page has nothing above it any more.
        if !self.node.is_connected() {
            return true;
        }
        let now = privacy::of(&self.node, rules);
        if now.strength == Strength::Censored {
            self.censor(now.rule.unwrap_or_default());
            self.element.path = path::of(&self.node, now.region.as_ref());
        }
        now.strength < Strength::Hidden
    }

    /// Reads what is not recorded of a censored element.
    pub(super) fn read(&mut self, reading: Reading, rules: &Rules) {
        self.words = self.read_words(reading, rules);
        self.read_attributes(rules);
    }

    fn read_words(&self, reading: Reading, rules: &Rules) -> Words {
        let node = &self.node;
        if let Some(promised) = attribute(node, "data-wm-name") {
            let text = words::kept(&promised);
            return Words { text, text_rule: Some("data-wm-name"), ..Words::default() };
        }
        let own = |name: &str| words::kept(&attribute(node, name)?);
        let is_filled_in = privacy::is_field(&self.element.tag) || self.element.tag == "option" || is_editable(node);
        let (mut text, mut label) = (Reader::new(rules), Reader::new(rules));
        if reading == Reading::NoText || is_filled_in {
            text.left_out = Some("a field");
        } else if self.is_plain {
            text.left_out = Some("not interactive");
        }
        Words {
            text: if text.left_out.is_none() { text.text(node) } else { None },
            label: label.label(node),
            name: own("name"),
            title: own("title"),
            text_rule: text.left_out,
            label_rule: label.left_out,
        }
    }

    fn read_attributes(&mut self, rules: &Rules) {
        let (node, element) = (&self.node, &mut self.element);
        let tested = |name: &&str| Some([*name, "=", &*kept(&attribute(node, name)?, NAME)?].concat());
        element.test = if node.matches(TESTED) != Some(false) { TEST.iter().find_map(tested) } else { None };
        let link = match &*element.tag {
            "a" | "area" => attribute(node, "href").or_else(|| attribute(node, "xlink:href")),
            "form" => attribute(node, "action"),
            _ => None,
        };
        let link = link.and_then(|link| node.address(link.trim()));
        element.href = link.and_then(|link| address::link(&link, &rules.own_host, &rules.query));
        let is_control = matches!(&*element.tag, "input" | "select" | "textarea" | "button");
        let listed: Vec<&str> =
            rules.attributes.iter().map(|name| &**name).filter(|name| may_be_listed(name)).collect();
        let others = if node.matches(DESCRIBED) != Some(false) { OTHERS } else { &[] };
        for name in [others, &listed].concat() {
            let is_state = matches!(name, "aria-pressed" | "aria-checked" | "aria-selected");
            if element.attrs.len() == ATTRIBUTES || is_control && is_state {
                continue;
            }
            let value = attribute(node, name)
                .and_then(|value| if FLAGS.contains(&name) { Some("true".to_owned()) } else { kept(&value, NAME) });
            element.attrs.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
}

/// Whether a site may list the attribute.
pub(super) fn may_be_listed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("on") && !NEVER.contains(&&*name)
}
