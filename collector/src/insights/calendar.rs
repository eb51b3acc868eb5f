//! Days, weeks and months in a time zone, daylight saving included.

use super::error::InsightError;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fmt;
use std::str::FromStr;

/// A time zone of the IANA database, which is part of the program.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// The steps of a trend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bucket {
    /// Hours of the local clock.
    Hour,
    /// Local days.
    Day,
    /// Weeks from Monday on.
    Week,
    /// Months.
    Month,
}

/// Most points in time of a trend.
const BUCKETS: usize = 1_000;

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Zone(TimeZone::UTC)
    }

    /// The name, such as `Europe/Berlin`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// When a local day begins, epoch ms.
    pub fn start(&self, day: Date) -> i64 {
        let midnight = day.to_datetime(jiff::civil::Time::midnight());
        // Where a clock is put forward at midnight, the day begins an hour later.
        let start = self.0.to_ambiguous_zoned_datetime(midnight).compatible();
        start.map_or(0, |start| start.timestamp().as_millisecond())
    }

    /// The local day of a time.
    pub fn day(&self, ms: i64) -> Date {
        self.0.to_datetime(Timestamp::from_millisecond(ms).unwrap_or_default()).date()
    }

    /// A time with its offset, as ISO 8601 has it.
    pub fn text(&self, ms: i64) -> String {
        match Timestamp::from_millisecond(ms) {
            Ok(time) => time.to_zoned_datetime(self.0.clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string(),
            Err(_) => ms.to_string(),
        }
    }

    /// The period of equal length before a range: as many local days if the range consists of such, else as long.
    pub fn before(&self, from: i64, to: i64) -> i64 {
        let (first, end) = (self.day(from), self.day(to));
        if self.start(first) == from && self.start(end) == to {
            let days = first.until(end).map_or(0, |span| span.get_days());
            return first.checked_sub(days.days()).map_or(from, |day| self.start(day));
        }
        from.saturating_sub(to.saturating_sub(from))
    }

    /// Where the steps of a range begin. The first begins with the range.
    pub(super) fn buckets(&self, bucket: Bucket, from: i64, to: i64) -> Result<Vec<i64>, InsightError> {
        let mut starts = vec![from];
        let mut day = self.day(from);
        loop {
            let next = match bucket {
                Bucket::Hour | Bucket::Day => day.tomorrow().ok(),
                Bucket::Week => day.nth_weekday(1, Weekday::Monday).ok(),
                Bucket::Month => day.first_of_month().checked_add(1.month()).ok(),
            };
            let end = next.map_or(to, |next| self.start(next));
            if bucket == Bucket::Hour {
                let midnight = self.start(day);
                let hours = (1..).map(|hour| midnight.saturating_add(hour * 3_600_000));
                starts.extend(hours.take_while(|start| *start < end.min(to)).filter(|start| *start > from));
            }
            if starts.len() > BUCKETS {
                return Err(InsightError::TooManyBuckets(BUCKETS));
            }
            match next {
                Some(next) if end < to => {
                    starts.push(end);
                    day = next;
                }
                _ => return Ok(starts),
            }
        }
    }
}

impl FromStr for Zone {
    type Err = jiff::Error;

    fn from_str(name: &str) -> Result<Self, jiff::Error> {
        TimeZone::get(name).map(Zone)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    // I1: in Berlin the day of 29 March 2026 has 23 hours, that of 25 October 2026 has 25.
    #[test]
    fn days_of_a_clock_change_are_as_long_as_they_are() {
        let berlin = zone("Europe/Berlin");
        for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 25), 24)] {
            let (from, to) = (berlin.start(day), berlin.start(day.tomorrow().unwrap()));
            assert_eq!(to - from, hours * 3_600_000);
            assert_eq!(berlin.buckets(Bucket::Hour, from, to).unwrap().len(), hours as usize);
            assert_eq!(berlin.buckets(Bucket::Day, from, to).unwrap(), [from]);
        }
        // The period before has as many days, not as many hours: a week with the change, and the one before it.
        let (from, to) = (berlin.start(date(2026, 3, 23)), berlin.start(date(2026, 3, 30)));
        assert_eq!(berlin.before(from, to), berlin.start(date(2026, 3, 16)));
        assert_eq!(berlin.before(from + 1, to), from + 1 - (to - from - 1));
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_their_first() {
        // 25 November 2026 is a Wednesday.
        let utc = Zone::utc();
        let (from, to) = (utc.start(date(2026, 11, 25)), utc.start(date(2026, 12, 9)));
        let starts = |bucket| utc.buckets(bucket, from, to).unwrap().iter().map(|ms| utc.day(*ms)).collect::<Vec<_>>();
        assert_eq!(starts(Bucket::Week), [date(2026, 11, 25), date(2026, 11, 30), date(2026, 12, 7)]);
        assert_eq!(starts(Bucket::Month), [date(2026, 11, 25), date(2026, 12, 1)]);
        assert_eq!(starts(Bucket::Day).len(), 14);
        assert!(utc.buckets(Bucket::Hour, 0, 1_001 * 3_600_000).is_err());
        assert_eq!(zone("Asia/Kathmandu").text(0), "1970-01-01T05:30:00+05:30");
    }
}
