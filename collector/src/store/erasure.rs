//! Erasure by user and by age.

use serde::Serialize;
use std::collections::BTreeMap;

/// A user, by an anonymous ID or the site's own.
///
/// An identified user's data includes the events before identification: those under the anonymous IDs that the user's
/// `identify` events name, unless another user was identified with the same anonymous ID, as on a shared browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// ID as in the events.
    pub id: String,
    /// Only this site.
    pub site: Option<String>,
}

/// Who requested an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureSource {
    /// The command line.
    Cli,
    /// The API, with the admin token.
    Api,
    /// The browser with the anonymous ID.
    Browser,
    /// Retention.
    Retention,
}

/// Result of an erasure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// Number of events.
    pub erased: usize,
    /// Number of state entries.
    #[serde(skip_serializing_if = "is_none")]
    pub states: usize,
    /// The requested ID and those linked to it.
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

impl ErasureSource {
    /// The source of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [ErasureSource::Cli, ErasureSource::Api, ErasureSource::Browser, ErasureSource::Retention];
        all.into_iter().find(|source| source.name() == name)
    }

    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            ErasureSource::Cli => "cli",
            ErasureSource::Api => "api",
            ErasureSource::Browser => "browser",
            ErasureSource::Retention => "retention",
        }
    }
}

impl Expiry {
    /// Whether an event is past its retention.
    pub(super) fn is_over(&self, site: &str, received: i64) -> bool {
        self.before.get(site).is_some_and(|before| received < *before)
    }

    /// The time from which on no event is too old.
    pub(super) fn end(&self) -> i64 {
        self.before.values().copied().max().unwrap_or(i64::MIN)
    }
}

/// The byte sequences by which a user's IDs are found in a file: long IDs as they are, short ones as JSON members of an
/// event.
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
