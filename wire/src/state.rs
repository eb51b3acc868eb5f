//! The user's state as recorder and collector share it: the kinds of entries, valid values, the merge of two versions
//! of an entry, and the request `POST /v1/state` with its reply. Storage is not part of this module.

use crate::EntryRejectReason;
use crate::limits::{self, ID_CHARS};
use crate::sanitize::{has_endless_number, one_line};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The maximum size of a value's JSON, in bytes. A cookie must be able to hold the escaped value.
pub const VALUE_BYTES: usize = 1_000;

/// The maximum number of entries that a collector stores per user, and also the maximum number of removals.
pub const ENTRIES: usize = 100;

/// The maximum lifetime of an entry, in days.
pub const DAYS: i64 = 3_650;

/// A day in ms.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user's step in a walk-thru.
    Walkthru,
    /// Whether an auto-play rule has been evaluated.
    Autoplay,
    /// Whether a goal has been reached.
    Goal,
    /// The status of an onboarding task: 0 to do, 1 begun, 2 done.
    Task,
    /// The progress in a course, in percent.
    Course,
    /// A named value of the site.
    Data,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] = [Kind::Walkthru, Kind::Autoplay, Kind::Goal, Kind::Task, Kind::Course, Kind::Data];

    /// The kind's name in calls, storage and requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Walkthru => "walkthru",
            Kind::Autoplay => "autoplay",
            Kind::Goal => "goal",
            Kind::Task => "task",
            Kind::Course => "course",
            Kind::Data => "data",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The `data.type` of the event that records a change.
    fn code(self) -> &'static str {
        if self == Kind::Walkthru { "wt" } else { self.as_str() }
    }

    /// The value that means completed, which is also the maximum; `None` if there is no maximum.
    fn end(self) -> Option<i64> {
        match self {
            Kind::Task => Some(2),
            Kind::Course => Some(100),
            _ => None,
        }
    }

    /// The type of the event that records a change to `number`.
    fn verb(self, number: i64) -> &'static str {
        match self {
            _ if self.end() == Some(number) => "complete",
            Kind::Walkthru => "step",
            Kind::Autoplay => "autoplay",
            Kind::Goal => "goal",
            Kind::Task => "play",
            Kind::Course => "progress",
            Kind::Data => "save",
        }
    }
}

/// The event that records a change.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The event's `data.type`.
    pub code: &'static str,
    /// The event's type.
    pub verb: &'static str,
    /// The value as a number; `None` for kind `data`.
    pub number: Option<i64>,
}

/// Checks that an entry can exist. Returns the event that records setting it.
///
/// # Errors
/// The kind, the name or the value is invalid, as a sentence.
pub fn check(kind: &str, name: &str, value: &str) -> Result<Recorded, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
        return Err("the name must be 1 to 64 of A-Z a-z 0-9 _ . -");
    }
    let kind =
        Kind::named(kind).ok_or("there is no such kind; there are walkthru, autoplay, goal, task, course and data")?;
    let code = kind.code();
    if kind == Kind::Data {
        if value.is_empty() || value.len() > VALUE_BYTES {
            return Err("the value must be JSON of at most 1,000 bytes");
        }
        return Ok(Recorded { code, verb: kind.verb(0), number: None });
    }
    let (Some(number), Some(_)) = (whole_number(value), whole_number(name)) else {
        return Err("the name must be the object's number, and the value a whole number");
    };
    if number < 0 || kind.end().is_some_and(|end| number > end) {
        return Err("the value is out of range");
    }
    Ok(Recorded { code, verb: kind.verb(number), number: Some(number) })
}

/// Parses a whole number in JSON's form: without a leading zero or a plus.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // 18 digits fit into an `i64`, and no object number has more.
    let is_json = digits == "0" || !digits.starts_with(['0', '+']);
    if is_json && digits.len() <= 18 { text.parse().ok() } else { None }
}

/// A versioned entry, which several browsers may share. Merging is commutative, associative and idempotent: all
/// browsers that merge each other's entries end with the same entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The number of times that the entry was removed. A removal increments it. Only the entry with the higher version
    /// counts.
    pub version: u32,
    /// When the entry was first set (kind `data`: last set), or removed, epoch ms.
    pub at: i64,
    /// When the entry expires, epoch ms. For a removal: when no browser can have the removed entry any more.
    pub expires: i64,
    /// A whole number; for kind `data` any JSON. `None` if the entry was removed.
    pub value: Option<String>,
}

impl Versioned {
    /// Merges two versions of an entry. The higher version wins. Within a version, a value wins over a removal, the
    /// larger number wins, and for kind `data` the later value wins.
    #[must_use]
    pub fn merged(self, other: Versioned, kind: &str) -> Versioned {
        if self.version != other.version || self.value.is_some() != other.value.is_some() {
            let is_newer = (self.version, self.value.is_some()) > (other.version, other.value.is_some());
            return if is_newer { self } else { other };
        }
        let is_data = kind == "data" && self.value.is_some();
        let (first, last) = (self.at.min(other.at), self.expires.max(other.expires));
        // If two values were set in the same millisecond, every browser chooses the same one.
        let how_far = |it: &Versioned| {
            if is_data { Some(it.at) } else { it.value.as_deref().and_then(|value| value.parse().ok()) }
        };
        let is_further = (how_far(&self), &self.value) > (how_far(&other), &other.value);
        let mut merged = if is_further { self } else { other };
        merged.expires = last;
        if !is_data {
            merged.at = first;
        }
        merged
    }

    /// Whether merging this entry into `there` has no effect, because `there` belongs to a newer version.
    pub fn is_stale(&self, there: &Versioned) -> bool {
        self.version < there.version || (self.version == there.version && self.value.is_none() && there.value.is_some())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_795_478_622_375;

    fn versioned() -> impl Strategy<Value = Versioned> {
        let value = prop::option::of((0..4u8).prop_map(|value| value.to_string()));
        (0..3u32, 0..4i64, 0..4i64, value).prop_map(|(version, at, expires, value)| Versioned {
            version,
            at,
            expires,
            value,
        })
    }

    fn item(json: &str) -> Result<((String, String), Versioned), &'static str> {
        serde_json::from_str::<Item>(json).unwrap().read(NOW)
    }

    proptest! {
        #[test]
        fn merging_is_commutative_associative_and_idempotent(
            one in versioned(), two in versioned(), three in versioned(), kind in "task|data",
        ) {
            let merged = |a: &Versioned, b: &Versioned| a.clone().merged(b.clone(), &kind);
            prop_assert_eq!(merged(&one, &one), one.clone());
            prop_assert_eq!(merged(&one, &two), merged(&two, &one));
            prop_assert_eq!(merged(&merged(&one, &two), &three), merged(&one, &merged(&two, &three)));
        }

        #[test]
        fn within_a_version_progress_never_goes_back_and_the_later_data_value_is_kept(
            values in prop::array::uniform2(0..4u8), at in 0..4i64, later in 1..4i64, expires in prop::array::uniform2(0..9i64),
        ) {
            let at = [at, at + later];
            let [one, two] = [0, 1].map(|n| {
                Versioned { version: 1, at: at[n], expires: expires[n], value: Some(values[n].to_string()) }
            });
            let expected = |at: i64, value: u8| Versioned {
                version: 1,
                at,
                expires: expires[0].max(expires[1]),
                value: Some(value.to_string()),
            };
            let further = one.clone().merged(two.clone(), "task");
            prop_assert_eq!(further, expected(at[0], values[0].max(values[1])), "what was first stays first");
            prop_assert_eq!(one.merged(two, "data"), expected(at[1], values[1]));
        }

        #[test]
        fn a_stale_entry_changes_nothing(one in versioned(), there in versioned(), kind in "task|data") {
            if one.is_stale(&there) {
                prop_assert_eq!(one.merged(there.clone(), &kind), there);
            }
        }
    }

    #[test]
    fn only_a_removal_resets_progress_and_older_versions_are_stale() {
        let set = |version, value: &str| Versioned { version, at: 1, expires: 9, value: Some(value.to_owned()) };
        let removed = |version| Versioned { version, at: 2, expires: 9, value: None };
        assert_eq!(set(0, "2").merged(removed(0), "task"), set(0, "2"), "a removal of what was not known");
        assert_eq!(set(0, "2").merged(removed(1), "task"), removed(1));
        assert_eq!(removed(1).merged(set(0, "2"), "task"), removed(1), "a browser that was offline");
        assert_eq!(removed(1).merged(set(1, "1"), "task"), set(1, "1"), "set again");
        assert!(
            set(0, "2").is_stale(&removed(1))
                && removed(1).is_stale(&set(1, "1"))
                && !set(1, "1").is_stale(&removed(1))
        );
    }

    #[test]
    fn an_entry_survives_a_round_trip() {
        for (kind, name, value) in [("task", "7", "2"), ("data", "a", "null"), ("data", "a", r#"{"r":[1, "\n"]}"#)] {
            let key = (kind.to_owned(), name.to_owned());
            let kept = Versioned { version: 3, at: 5, expires: NOW + 1, value: Some(value.to_owned()) };
            let json = serde_json::to_string(&Item::new(key.clone(), kept.clone())).unwrap();
            assert_eq!(item(&json), Ok((key, kept)), "{json}");
        }
    }

    #[test]
    fn times_of_an_accepted_entry_are_limited() {
        let kept = |json: &str| item(json).unwrap().1;
        let set = kept(
            r#"{"kind":"data","name":"a","at":9999999999999,"expires":9999999999999,"value":[1,
            2]}"#,
        );
        assert_eq!((set.version, set.at, set.expires), (0, NOW, NOW + DAYS * DAY_MS));
        assert!(!set.value.unwrap().contains('\n'), "an export has a line for each");
        let cut = kept(r#"{"kind":"data","name":"a","at":5,"expires":9999999999999,"value":"x\ud83d"}"#);
        assert_eq!(cut.value.as_deref(), Some(r#""x\ufffd""#), "many readers refuse half a character");
        assert_eq!(
            kept(r#"{"kind":"task","name":"7","at":-5,"expires":9999999999999,"value":-0}"#).value.unwrap(),
            "0"
        );
        let removed = kept(r#"{"kind":"task","name":"7","version":1}"#);
        assert_eq!(removed, Versioned { version: 1, at: NOW, expires: NOW + DAYS * DAY_MS, value: None });
    }

    #[test]
    fn invalid_entries_are_refused_with_a_reason() {
        let deep = format!(
            r#"{{"kind":"data","name":"a","at":1,"expires":9999999999999,"value":{}{}}}"#,
            "[".repeat(33),
            "]".repeat(33)
        );
        for (json, why) in [
            (r#"{"kind":"data","name":"a","at":1,"value":1}"#, "a value needs at and expires"),
            (r#"{"kind":"data","name":"a","at":1,"expires":1,"value":1}"#, "it has expired"),
            (r#"{"kind":"task","name":"7","at":1,"expires":9999999999999,"value":3}"#, "the value is out of range"),
            (
                r#"{"kind":"data","name":"a","at":1,"expires":9999999999999,"value":[1e999]}"#,
                "the value has a number that is too large for a double",
            ),
            (r#"{"kind":"data","name":"a b"}"#, "the name must be 1 to 64 of A-Z a-z 0-9 _ . -"),
            (
                r#"{"kind":"tour","name":"7"}"#,
                "there is no such kind; there are walkthru, autoplay, goal, task, course and data",
            ),
            (&deep, "the value nests over 32 levels deep"),
        ] {
            assert_eq!(item(json), Err(why), "{json}");
        }
    }
}
