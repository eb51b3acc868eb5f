//! The providers of the end user's ID, and the page's gate.

use super::problem::Problem;
use super::rule::Rule;
use super::text::Line;
use super::value::Value;
use serde::de::Error;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Deserializer, Serialize};

/// A function of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callable {
    /// A dotted path from `window`.
    Path(Line),
    /// A function passed by the page, by its index in the browser edge's table. Only `init` can pass one.
    Function(u32),
}

impl Callable {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Function(index) => Some(Callable::Function(*index)),
            value => Line::read(value).map(Callable::Path),
        }
    }
}

impl Serialize for Callable {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        match self {
            Callable::Path(path) => path.serialize(writer),
            Callable::Function(_) => writer.serialize_unit(),
        }
    }
}

/// The gate that decides whether levels 2 and 3 may be collected on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Gate {
    /// A function that returns `true` if levels 2 and 3 may be collected.
    Ask(Callable),
    /// Levels 2 and 3 may not be collected, because the setting was wrong.
    Closed,
}

impl<'de> Deserialize<'de> for Gate {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        super::rule::strict(reader)
    }
}

impl Rule for Gate {
    const MUST_BE: &'static str = "must be a function, or its dotted path from window";

    fn read(value: &Value) -> Option<Self> {
        Callable::read(value).map(Gate::Ask)
    }

    fn usual() -> Option<Self> {
        None
    }

    fn safest() -> Option<Self> {
        Some(Gate::Closed)
    }
}

/// A source of the end user's ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A cookie, by its name.
    Cookie(Line),
    /// A variable: a dotted path from `window`.
    Variable(Line),
    /// A key of localStorage.
    LocalStorage(Line),
    /// A key of sessionStorage.
    SessionStorage(Line),
    /// An element's value or text, or one of its attributes.
    Selector {
        /// The element's CSS selector.
        selector: Line,
        /// The attribute to read instead.
        attribute: Option<Line>,
    },
    /// The content of a `<meta>` element, by its name.
    Meta(Line),
    /// A function that returns the ID or a promise of it.
    Function(Callable),
    /// A claim of an OIDC ID token.
    IdToken {
        /// The place of the token, such as `variable:app.session` or `localStorage:key`.
        place: Line,
        /// The claim; `sub` by default.
        claim: Option<Line>,
    },
    /// The anonymous ID. Ends the list.
    Generated,
    /// No ID: users are not distinguished. Ends the list.
    None,
}

impl Provider {
    /// The provider's name in the settings.
    pub fn name(&self) -> &'static str {
        match self {
            Provider::Cookie(_) => "cookie",
            Provider::Variable(_) => "variable",
            Provider::LocalStorage(_) => "localStorage",
            Provider::SessionStorage(_) => "sessionStorage",
            Provider::Selector { .. } => "selector",
            Provider::Meta(_) => "meta",
            Provider::Function(_) => "function",
            Provider::IdToken { .. } => "idToken",
            Provider::Generated => "generated",
            Provider::None => "none",
        }
    }
}

/// The providers of the end user's ID, in order. The first one that has an ID counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Providers(pub Vec<Provider>);

/// The allowed values of `user`.
pub(super) const USER_MUST_BE: &str = "must be none, generated, an object of places, or a list of these";
const KINDS: &str = "is no setting; of user there are cookie, variable, localStorage, sessionStorage, selector with \
    attribute, meta, function, idToken with claim";

impl Providers {
    /// Reads `user`. Wrong providers are added to `problems`; the others hold.
    pub fn read(value: &Value, problems: &mut Vec<Problem>) -> Self {
        let mut list = Vec::new();
        match value {
            Value::List(items) => items.iter().for_each(|item| read_one(item, &mut list, problems)),
            one => read_one(one, &mut list, problems),
        }
        Providers(list)
    }

    /// Whether users are never distinguished: the first provider is `none`.
    pub fn begins_with_none(&self) -> bool {
        self.0.first() == Some(&Provider::None)
    }

    /// Whether a provider is read before the anonymous ID is used.
    pub fn reads_providers(&self) -> bool {
        !matches!(self.0.first(), None | Some(Provider::None | Provider::Generated))
    }

    /// The owner's providers if there are any, else the page's. A page may always ask for `none`.
    pub fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        match page {
            Some(page) if page.begins_with_none() => Some(page),
            page => owner.filter(|owner| !owner.0.is_empty()).or(page),
        }
    }
}

fn read_one(value: &Value, list: &mut Vec<Provider>, problems: &mut Vec<Problem>) {
    match value {
        Value::Nothing => {}
        Value::Object(members) => read_places(members, list, problems),
        value => match value.line() {
            Some("generated") => list.push(Provider::Generated),
            Some("none") => list.push(Provider::None),
            _ => {
                problems.push(Problem::new("user", USER_MUST_BE));
                list.push(Provider::None);
            }
        },
    }
}

fn read_places(members: &[(String, Value)], list: &mut Vec<Provider>, problems: &mut Vec<Problem>) {
    for (kind, value) in members {
        // An attribute or a claim is read together with its selector or token.
        if *value == Value::Nothing || matches!(kind.as_str(), "attribute" | "claim") {
            continue;
        }
        // `{ variable: ['app.user.id', 'app.login'] }` names several providers of one kind.
        let values = match value {
            Value::List(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values {
            match read_place(kind, value, members) {
                Ok(provider) => list.push(provider),
                Err(problem) => problems.push(problem),
            }
        }
    }
}

fn read_place(kind: &str, value: &Value, members: &[(String, Value)]) -> Result<Provider, Problem> {
    let line = |kind: &str, value: &Value| {
        Line::read(value).ok_or_else(|| Problem::new(&["user.", kind].concat(), Line::MUST_BE))
    };
    // A wrong attribute or claim must not lead to an unintended ID.
    let beside = |wanted: &str| match members.iter().find(|(name, _)| name == wanted) {
        None | Some((_, Value::Nothing)) => Ok(None),
        Some((_, value)) => line(wanted, value).map(Some),
    };
    Ok(match kind {
        "cookie" => Provider::Cookie(line(kind, value)?),
        "variable" => Provider::Variable(line(kind, value)?),
        "localStorage" => Provider::LocalStorage(line(kind, value)?),
        "sessionStorage" => Provider::SessionStorage(line(kind, value)?),
        "meta" => Provider::Meta(line(kind, value)?),
        "selector" => Provider::Selector { selector: line(kind, value)?, attribute: beside("attribute")? },
        "idToken" => Provider::IdToken { place: line(kind, value)?, claim: beside("claim")? },
        "function" => match Callable::read(value) {
            Some(callable) => Provider::Function(callable),
            None => return Err(Problem::new("user.function", Gate::MUST_BE)),
        },
        _ => return Err(Problem::new(&["user.", kind].concat(), KINDS)),
    })
}

impl<'de> Deserialize<'de> for Providers {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let mut problems = Vec::new();
        let providers = Providers::read(&Value::deserialize(reader)?, &mut problems);
        match problems.first() {
            Some(problem) => Err(D::Error::custom(problem.message())),
            None => Ok(providers),
        }
    }
}

impl Serialize for Providers {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let mut list = writer.serialize_seq(Some(self.0.len()))?;
        self.0.iter().try_for_each(|provider| list.serialize_element(provider))?;
        list.end()
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        if matches!(self, Provider::Generated | Provider::None) {
            return writer.serialize_str(self.name());
        }
        let mut map = writer.serialize_map(None)?;
        match self {
            Provider::Cookie(at)
            | Provider::Variable(at)
            | Provider::LocalStorage(at)
            | Provider::SessionStorage(at)
            | Provider::Meta(at) => map.serialize_entry(self.name(), at)?,
            Provider::Function(callable) => map.serialize_entry(self.name(), callable)?,
            Provider::Selector { selector, attribute } => {
                map.serialize_entry(self.name(), selector)?;
                attribute.iter().try_for_each(|attribute| map.serialize_entry("attribute", attribute))?;
            }
            Provider::IdToken { place, claim } => {
                map.serialize_entry(self.name(), place)?;
                claim.iter().try_for_each(|claim| map.serialize_entry("claim", claim))?;
            }
            Provider::Generated | Provider::None => {}
        }
        map.end()
    }
}
