//! Finding and erasing what is stored about somebody, and what has been kept long enough.

use serde::Serialize;
use std::collections::BTreeMap;

/// Somebody, by an ID: an anonymous one, or one that a site gave.
///
/// What is about a known user is also what they did before they were known: the events under the anonymous IDs that
/// their `identify` events name, unless somebody else was known by such an ID too, as on a browser that two share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whom {
    /// The ID, as the events have it.
    pub id: String,
    /// At this site only.
    pub site: Option<String>,
}

/// Who had something erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Somebody at the command line.
    Cli,
    /// Somebody with the admin token.
    Api,
    /// The browser that has the anonymous ID.
    Browser,
    /// Nobody: it was kept long enough.
    Retention,
}

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// How many events there were.
    pub erased: usize,
    /// How many entries of kept state.
    #[serde(skip_serializing_if = "is_none")]
    pub states: usize,
    /// The IDs by which they were found: the one that was asked for, and those linked to it.
    #[serde(skip)]
    pub ids: Vec<String>,
}

/// How long events are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expiry {
    /// Those of the site that arrived before the time are too old, epoch ms. Events of other sites are kept.
    pub before: BTreeMap<String, i64>,
    /// When it began: what one expiry erases of a site is noted together.
    pub time: i64,
}

/// What a step of an expiry did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Where the next step goes on.
    pub after: i64,
    /// How many events were looked at.
    pub seen: usize,
    /// How many were erased.
    pub erased: usize,
    /// Whether what comes next is too young for every site.
    pub done: bool,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Asked {
    /// How it is noted.
    pub fn name(self) -> &'static str {
        match self {
            Asked::Cli => "cli",
            Asked::Api => "api",
            Asked::Browser => "browser",
            Asked::Retention => "retention",
        }
    }
}

impl Expiry {
    /// Whether an event is too old.
    pub(super) fn is_over(&self, site: &str, received: i64) -> bool {
        self.before.get(site).is_some_and(|before| received < *before)
    }

    /// From when on nothing is too old.
    pub(super) fn end(&self) -> i64 {
        self.before.values().copied().max().unwrap_or(i64::MIN)
    }
}

/// By which somebody's IDs would be found in the bytes of a file: those that are long enough to be nothing else, and short
/// ones as they stand in an event.
pub(crate) fn texts(ids: &[String]) -> Vec<String> {
    const SHORT: usize = 12;
    let mut texts = Vec::new();
    for id in ids {
        let quoted = serde_json::to_string(id).unwrap_or_default();
        if id.len() >= SHORT {
            texts.push(id.clone());
            texts.push(quoted.trim_matches('"').to_owned());
        } else {
            texts.extend(["euId", "anonymousId"].map(|name| format!("\"{name}\":{quoted}")));
        }
    }
    texts
}
