//! What a site remembers of its user, as recorder and collector agree on it: the kinds that there are, what a value may be,
//! how two states of one entry become one, and what crosses the network for it: `POST /v1/state`. Never here: where it is
//! kept.

use crate::EntryRejectReason;
use crate::limits::{self, ID_CHARS};
use crate::sanitize::{has_endless_number, one_line};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The most bytes of a value's JSON: a cookie must be able to hold it, escaped.
pub const VALUE_BYTES: usize = 1_000;

/// The most entries of a user that a collector keeps, and the most removals beside them.
pub const ENTRIES: usize = 100;

/// The most days that an entry is remembered.
pub const DAYS: i64 = 3_650;

/// A day in ms.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The kinds of what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The step of a walk-thru that the user is at.
    Walkthru,
    /// Whether an auto-play rule was evaluated.
    Autoplay,
    /// Whether a goal was reached.
    Goal,
    /// An onboarding task: 0 to do, 1 begun, 2 done.
    Task,
    /// A course, in percent.
    Course,
    /// The site's own value under a name.
    Data,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [Kind::Walkthru, Kind::Autoplay, Kind::Goal, Kind::Task, Kind::Course, Kind::Data];

    /// Its name in calls, storage and requests.
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

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The `data.type` of the event that a change is recorded as.
    fn code(self) -> &'static str {
        if self == Kind::Walkthru { "wt" } else { self.as_str() }
    }

    /// The value that ends it, which is also the most that a value may be.
    fn end(self) -> Option<i64> {
        match self {
            Kind::Task => Some(2),
            Kind::Course => Some(100),
            _ => None,
        }
    }

    /// The verb of the event that a change to `number` is recorded as.
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

/// What a change of a kind is recorded as.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The event's `data.type`.
    pub code: &'static str,
    /// Its verb.
    pub verb: &'static str,
    /// The value as a number; of `data`, none.
    pub number: Option<i64>,
}

/// Whether there can be such an entry, and what setting it is recorded as.
///
/// # Errors
/// What is wrong with kind, name or value.
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

/// The whole number that `text` is, as JSON writes it: without a leading zero or a plus.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // 18 digits fit, and no number of an object has more.
    let is_json = digits == "0" || !digits.starts_with(['0', '+']);
    if is_json && digits.len() <= 18 { text.parse().ok() } else { None }
}

/// What is remembered under a kind and a name, which several browsers may share. Merging is the same in whatever order and
/// however often: all who merge what all others have end with the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// How often it began anew. The higher one counts alone; whoever removes an entry raises it by one.
    pub version: u32,
    /// When it was first set, of `data` when it was last set, of what was removed when that was; epoch ms.
    pub at: i64,
    /// When it is forgotten; of what was removed, when nobody can have it any more; epoch ms.
    pub expires: i64,
    /// A whole number; for `data` any JSON. None where it was removed.
    pub value: Option<String>,
}

impl Versioned {
    /// What both come to: of one version what is further, of values that are the site's own the later; a removal goes back
    /// before any value.
    #[must_use]
    pub fn merged(self, other: Versioned, kind: &str) -> Versioned {
        if self.version != other.version || self.value.is_some() != other.value.is_some() {
            let is_newer = (self.version, self.value.is_some()) > (other.version, other.value.is_some());
            return if is_newer { self } else { other };
        }
        let is_data = kind == "data" && self.value.is_some();
        let (first, last) = (self.at.min(other.at), self.expires.max(other.expires));
        // Of two that were set in the same millisecond, everybody takes the same.
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

    /// Whether it changes nothing beside `there`, because that began anew meanwhile.
    pub fn is_stale(&self, there: &Versioned) -> bool {
        self.version < there.version || (self.version == there.version && self.value.is_none() && there.value.is_some())
    }
}

/// The body of a request: what a browser has of a user, to be merged into what the collector has. Without entries it asks
/// what is there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// The site's key.
    pub site: String,
    /// The user's ID, as the events have it.
    pub user: String,
    /// What the site's server signed site and user with.
    pub signature: String,
    /// What the browser has.
    #[serde(default)]
    pub entries: Vec<Item>,
}

/// An entry as it crosses the network. Without a value it was removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// As [`Versioned::version`].
    #[serde(default)]
    pub version: u32,
    /// As [`Versioned::at`]. Of a removal nobody needs to say it.
    pub at: Option<i64>,
    /// As [`Versioned::expires`]. Of a removal nobody needs to say it.
    pub expires: Option<i64>,
    /// As [`Versioned::value`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<RawValue>>,
}

/// The body of a 200: all that is there of the user now. `R` is what is read of a refused entry.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reply<R = Refused> {
    /// It, by kind and name.
    pub entries: Vec<Item>,
    /// The places of those entries of the request that changed nothing because they began anew meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<usize>,
    /// Those of the request that can never be kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<R>,
}

/// An entry that can never be kept.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its place in the request.
    pub index: usize,
    /// Why, for people.
    pub why: String,
    /// Why, for programs.
    #[serde(default)]
    pub code: EntryRejectReason,
}

impl Request {
    /// What is wrong with the request as a whole.
    ///
    /// # Errors
    /// It in words.
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
    /// As it is sent.
    pub fn new((kind, name): (String, String), versioned: Versioned) -> Self {
        let Versioned { version, at, expires, value } = versioned;
        // What is kept is JSON: it was when it came.
        let value = value.and_then(|value| RawValue::from_string(value).ok());
        Item { kind, name, version, at: Some(at), expires: Some(expires), value }
    }

    /// The entry, as a collector takes it at `now`, epoch ms: no browser's clock puts it into the future, and none of them
    /// keeps it for ever.
    ///
    /// # Errors
    /// Why it can never be kept.
    pub fn read(self, now: i64) -> Result<((String, String), Versioned), &'static str> {
        let Item { kind, name, version, at, expires, value } = self;
        let key = |kind, name| (kind, name);
        let Some(value) = value else {
            // Any value of the kind will do: it is not there.
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

/// A value that is there, `null` included.
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
        fn in_whatever_order_and_however_often_it_comes_to_the_same(
            one in versioned(), two in versioned(), three in versioned(), kind in "task|data",
        ) {
            let merged = |a: &Versioned, b: &Versioned| a.clone().merged(b.clone(), &kind);
            prop_assert_eq!(merged(&one, &one), one.clone());
            prop_assert_eq!(merged(&one, &two), merged(&two, &one));
            prop_assert_eq!(merged(&merged(&one, &two), &three), merged(&one, &merged(&two, &three)));
        }

        #[test]
        fn within_a_version_progress_never_goes_back_and_the_later_of_the_site_s_own_values_stays(
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
        fn what_is_stale_changes_nothing(one in versioned(), there in versioned(), kind in "task|data") {
            if one.is_stale(&there) {
                prop_assert_eq!(one.merged(there.clone(), &kind), there);
            }
        }
    }

    #[test]
    fn only_a_removal_goes_back_and_what_did_not_know_of_it_stays_behind() {
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
    fn what_is_written_is_read() {
        for (kind, name, value) in [("task", "7", "2"), ("data", "a", "null"), ("data", "a", r#"{"r":[1, "\n"]}"#)] {
            let key = (kind.to_owned(), name.to_owned());
            let kept = Versioned { version: 3, at: 5, expires: NOW + 1, value: Some(value.to_owned()) };
            let json = serde_json::to_string(&Item::new(key.clone(), kept.clone())).unwrap();
            assert_eq!(item(&json), Ok((key, kept)), "{json}");
        }
    }

    #[test]
    fn an_entry_is_taken_as_it_can_be_kept() {
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
    fn what_cannot_be_kept_is_refused_in_words() {
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
