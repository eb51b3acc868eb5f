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

/// The names of the query parameters, or attributes, to collect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct QueryNames(pub Vec<Line>);

impl QueryNames {
    /// The names as texts.
    pub fn texts(self) -> Vec<String> {
        self.0.into_iter().map(|line| line.0).collect()
    }
}

impl<'de> Deserialize<'de> for QueryNames {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        strict(reader)
    }
}

impl Rule for QueryNames {
    const MUST_BE: &'static str = "must be a text of one line, or a list of them";

    fn read(value: &Value) -> Option<Self> {
        lines(value).map(QueryNames)
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

/// The IDs, classes or selectors of elements that are censored. `*` censors everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CensorNames(pub Vec<Line>);

impl CensorNames {
    /// What stands for everything.
    pub const EVERYTHING: &str = "*";

    /// The names as texts.
    pub fn texts(self) -> Vec<String> {
        QueryNames(self.0).texts()
    }
}

impl<'de> Deserialize<'de> for CensorNames {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        strict(reader)
    }
}

impl Rule for CensorNames {
    const MUST_BE: &'static str = QueryNames::MUST_BE;

    fn read(value: &Value) -> Option<Self> {
        lines(value).map(CensorNames)
    }

    fn usual() -> Option<Self> {
        None
    }

    fn safest() -> Option<Self> {
        Some(CensorNames(vec![Line(Self::EVERYTHING.to_owned())]))
    }

    /// The names of either list: a page may censor more, and never less.
    fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        let Some(mut both) = owner else { return page };
        for line in page.unwrap_or_default().0 {
            if !both.0.contains(&line) {
                both.0.push(line);
            }
        }
        Some(both)
    }
}

fn lines(value: &Value) -> Option<Vec<Line>> {
    match value {
        Value::List(list) => list.iter().map(Line::read).collect(),
        one => Line::read(one).map(|name| vec![name]),
    }
}
