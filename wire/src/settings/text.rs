//! Settings that are texts.

use super::rule::{Rule, strict};
use super::value::Value;
use serde::{Deserialize, Deserializer, Serialize};

/// A text of one line that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line(String);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        strict(reader)
    }
}

impl Line {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Rule for Line {
    const MUST_BE: &'static str = "must be a text of one line";

    fn read(value: &Value) -> Option<Self> {
        value.line().map(|line| Line(line.to_owned()))
    }

    fn usual() -> Option<Self> {
        None
    }

    fn safest() -> Option<Self> {
        None
    }
}

/// The names of the query parameters to collect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct QueryNames(pub Vec<Line>);

impl<'de> Deserialize<'de> for QueryNames {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        strict(reader)
    }
}

impl Rule for QueryNames {
    const MUST_BE: &'static str = "must be a text of one line, or a list of them";

    fn read(value: &Value) -> Option<Self> {
        let names: Option<Vec<Line>> = match value {
            Value::List(list) => list.iter().map(Line::read).collect(),
            one => Line::read(one).map(|name| vec![name]),
        };
        names.map(QueryNames)
    }

    fn usual() -> Option<Self> {
        None
    }

    fn safest() -> Option<Self> {
        Some(QueryNames::default())
    }

    /// The names that both lists have; all of the owner's if the page sets no list.
    fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        let Some(page) = page else { return owner };
        let mut both = owner.unwrap_or_default();
        both.0.retain(|name| page.0.contains(name));
        Some(both)
    }
}
