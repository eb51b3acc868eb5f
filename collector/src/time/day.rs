//! A day in UTC. Its text is `2026-11-25`, which sorts by date.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use time::{Date, Month, OffsetDateTime, UtcDateTime};

/// A day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of a time, epoch ms.
    pub fn of(ms: i64) -> Self {
        let time = UtcDateTime::from_unix_timestamp(ms.div_euclid(1_000));
        // What is no time of ours was not read from a clock.
        Day(time.map_or(OffsetDateTime::UNIX_EPOCH.date(), UtcDateTime::date))
    }

    /// The day after it, where there is one.
    pub(crate) fn next(self) -> Option<Self> {
        self.0.next_day().map(Day)
    }

    /// When it begins, epoch ms.
    pub(crate) fn start(self) -> i64 {
        self.0.midnight().assume_utc().unix_timestamp() * 1_000
    }
}

/// What is not a day such as `2026-11-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day such as 2026-11-25")]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let read = || {
            let mut parts = text.split('-');
            let year = parts.next()?.parse().ok()?;
            let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
            Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok().map(Day)
        };
        // One day has one text.
        read().filter(|day| day.to_string() == text).ok_or(NotADay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"a day such as 2026-11-25"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        for (ms, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (1_795_564_799_999, "2026-11-24"),
            (1_795_564_800_000, "2026-11-25"),
            (i64::MAX, "1970-01-01"),
        ] {
            assert_eq!(Day::of(ms).to_string(), text);
        }
    }

    #[test]
    fn a_day_has_one_text() {
        assert_eq!("2024-02-29".parse::<Day>().unwrap().to_string(), "2024-02-29");
        for text in
            ["", "2026", "2026-11", "2026-11-25-1", "2026-1-5", "26-11-25", "2025-02-29", "2026-13-01", "+2026-11-25"]
        {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
    }
}
