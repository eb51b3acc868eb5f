//! Cuts a scan into slices of time that fit in memory, so that the rows of one are visited while the next are read.
//! ClickHouse finds rows by day, so a slice is whole days where these fit.

use super::conditions::{Conditions, Span};
use crate::store::clickhouse::ClickHouse;
use crate::store::{Reads, StoreError};
use clickhouse::{Client as Http, Row};
use serde::Deserialize;

/// Rows of a slice, about: some 40 MB, and 25 MB as ClickHouse sends them.
const ROWS: u64 = 1 << 19;

/// The same where their data is read.
const ROWS_WITH_DATA: u64 = 1 << 15;

/// The shortest slice, in ms.
const UNIT: i64 = 600_000;

/// Units of a day.
const DAY: i64 = 86_400_000 / UNIT;

/// How many rows a unit of time has, copies too.
#[derive(Clone, Copy, Row, Deserialize)]
struct Unit {
    unit: i64,
    first: u16,
    last: u16,
    count: u64,
}

/// The slices of all rows of these conditions, by time.
pub(super) fn spans(store: &ClickHouse, conditions: &Conditions, reads: Reads) -> Result<Vec<Span>, StoreError> {
    let sql = format!(
        "SELECT intDiv(toUnixTimestamp64Milli(events.at) + 2208988800000, {UNIT}) AS unit, min(day) AS first,
            max(day) AS last, count() AS count
        FROM events WHERE {} GROUP BY unit ORDER BY unit",
        conditions.sql
    );
    let units: Vec<Unit> =
        store.client.ask(async |http: &Http| conditions.bind(http.query(&sql)).fetch_all::<Unit>().await)?;
    let rows = if reads.data { ROWS_WITH_DATA } else { ROWS };
    Ok(together(&units, rows, conditions.range))
}

/// Days next to each other until they have so many rows, and parts of the days that have more.
fn together(units: &[Unit], rows: u64, (from, to): (i64, i64)) -> Vec<Span> {
    let mut spans = Vec::<Span>::new();
    let mut count = 0;
    for day in units.chunk_by(|unit, next| unit.unit / DAY == next.unit / DAY) {
        let of_day: u64 = day.iter().map(|unit| unit.count).sum();
        let mut is_new = spans.is_empty() || count + of_day > rows;
        // The parts of a day have about as many rows each.
        let limit = if is_new { of_day.div_ceil(of_day.div_ceil(rows).max(1)) } else { rows };
        for unit in day {
            let begin = (unit.unit * UNIT - 2_208_988_800_000).max(from);
            let to = begin.saturating_add(UNIT).min(to);
            match spans.last_mut() {
                Some(last) if !is_new && count + unit.count <= limit => {
                    last.to = to;
                    last.days = (last.days.0.min(unit.first), last.days.1.max(unit.last));
                    count += unit.count;
                }
                _ => {
                    spans.push(Span { from: begin, to, days: (unit.first, unit.last) });
                    count = unit.count;
                }
            }
            is_new = false;
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_of_clickhouse_follow_each_other_and_have_the_days_of_their_rows() {
        let start = 1_795_564_800_000;
        let at = |unit: i64| start + unit * UNIT;
        let unit =
            |unit: i64, count, (first, last)| Unit { unit: (at(unit) + 2_208_988_800_000) / UNIT, first, last, count };
        let span = |from, to, days| Span { from, to, days };
        // A day with more rows than a slice, and a unit that has more by itself.
        let units = [unit(0, 4, (9, 9)), unit(1, 5, (8, 10)), unit(3, 30, (9, 9)), unit(4, 1, (9, 9))];
        let range = (at(0) + 5, at(4) + 7);
        let spans = [span(at(0) + 5, at(2), (8, 10)), span(at(3), at(4), (9, 9)), span(at(4), at(4) + 7, (9, 9))];
        assert_eq!(together(&units, 10, range), spans);
        assert!(together(&[], 10, range).is_empty());
        // Two days that fit, and one that is not cut to fill the slice.
        let units = [
            unit(0, 4, (9, 9)),
            unit(DAY, 4, (10, 10)),
            unit(DAY + 1, 1, (9, 10)),
            unit(2 * DAY, 1, (11, 11)),
            unit(2 * DAY + 1, 9, (11, 11)),
        ];
        let range = (at(0), at(3 * DAY));
        let spans = [span(at(0), at(DAY + 2), (9, 10)), span(at(2 * DAY), at(2 * DAY + 2), (11, 11))];
        assert_eq!(together(&units, 10, range), spans);
    }
}
