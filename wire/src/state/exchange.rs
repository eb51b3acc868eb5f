//! The bodies of `POST /v1/state`.

use super::kind::check;
use super::versioned::Versioned;
use crate::EntryRejectReason;
use crate::limits::{self, ID_CHARS};
use crate::sanitize::{has_endless_number, one_line};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The maximum number of entries that a collector stores per user, and also the maximum number of removals.
pub const ENTRIES: usize = 100;

/// The maximum lifetime of an entry, in days.
pub const DAYS: i64 = 3_650;

/// A day in ms.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The body of a request: the browser's entries of a user, to be merged with the collector's. A request without entries
/// only reads the collector's entries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// The site's key.
    pub site: String,
    /// The user's ID in the form used in events.
    pub user: String,
    /// The signature of site and user by the site's server.
    pub signature: String,
    /// The browser's entries.
    #[serde(default)]
    pub entries: Vec<Item>,
}

/// An entry in a request or reply. An entry without a value is a removal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// The entry's kind.
    pub kind: String,
    /// The entry's name.
    pub name: String,
    /// See [`Versioned::version`].
    #[serde(default)]
    pub version: u32,
    /// See [`Versioned::at`]. Optional for a removal.
    pub at: Option<i64>,
    /// See [`Versioned::expires`]. Optional for a removal.
    pub expires: Option<i64>,
    /// See [`Versioned::value`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<RawValue>>,
}

/// The body of a 200 response: all current entries of the user. `R` is the type of a refused entry.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reply<R = Refused> {
    /// The entries, ordered by kind and name.
    pub entries: Vec<Item>,
    /// The indexes of the request's entries that had no effect, because the collector's entry has a newer version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<usize>,
    /// The request's entries that can never be stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<R>,
}

/// An entry that can never be stored.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The entry's index in the request.
    pub index: usize,
    /// The reason for people, as a sentence.
    pub why: String,
    /// The reason for programs.
    #[serde(default)]
    pub code: EntryRejectReason,
}

impl Request {
    /// Checks the request as a whole.
    ///
    /// # Errors
    /// The problem, as a sentence.
    pub fn check(&self) -> Result<(), &'static str> {
        if !(1..=ID_CHARS).contains(&self.user.chars().count()) {
            return Err("user must be 1 to 256 characters");
        }
        if self.entries.len() > 2 * ENTRIES {
            return Err("entries has over 200 entries; send fewer at a time");
        }
        Ok(())
    }
}

impl Item {
    /// Creates the transmitted form of an entry.
    pub fn new((kind, name): (String, String), versioned: Versioned) -> Self {
        let Versioned { version, at, expires, value } = versioned;
        // Stored values are valid JSON: they were checked on arrival.
        let value = value.and_then(|value| RawValue::from_string(value).ok());
        Item { kind, name, version, at: Some(at), expires: Some(expires), value }
    }

    /// Reads the entry as a collector accepts it at `now`, epoch ms. Times are limited, so that a browser's wrong clock
    /// can neither put an entry into the future nor keep it for ever.
    ///
    /// # Errors
    /// The reason why the entry can never be stored, as a sentence.
    pub fn read(self, now: i64) -> Result<((String, String), Versioned), &'static str> {
        let Item { kind, name, version, at, expires, value } = self;
        let key = |kind, name| (kind, name);
        let Some(value) = value else {
            // A removal has no value, so any valid value is checked in its place.
            check(&kind, &name, "0")?;
            let removed = Versioned { version, at: now, expires: now + DAYS * DAY_MS, value: None };
            return Ok((key(kind, name), removed));
        };
        let (Some(at), Some(expires)) = (at, expires) else { return Err("a value needs at and expires") };
        let value = match check(&kind, &name, value.get())?.number {
            Some(number) => number.to_string(),
            None if has_endless_number(value.get()) => {
                return Err("the value has a number that is too large for a double");
            }
            None => one_line(&value).get().to_owned(),
        };
        if limits::depth(&value) > limits::DATA_DEPTH {
            return Err("the value nests over 32 levels deep");
        }
        if expires <= now {
            return Err("it has expired");
        }
        let (at, expires) = (at.clamp(0, now), expires.min(now + DAYS * DAY_MS));
        Ok((key(kind, name), Versioned { version, at, expires, value: Some(value) }))
    }
}

/// Reads a value that is present, including `null`.
fn present<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::deserialize(reader).map(Some)
}
