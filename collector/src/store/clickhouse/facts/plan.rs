//! Cuts a scan into slices of time that fit in memory, so that the rows of one are sorted while the next are read.

use super::Conditions;
use crate::store::clickhouse::ClickHouse;
use crate::store::{Reads, StoreError};
use clickhouse::{Client as Http, Row};
use serde::Deserialize;

/// Rows of a slice, about: some 20 MB.
const ROWS: u64 = 1 << 18;

/// The same where their data is read.
const ROWS_WITH_DATA: u64 = 1 << 15;

/// The shortest slice, in ms.
const UNIT: i64 = 600_000;

/// A slice: the rows of some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// First time, epoch ms.
    pub(super) from: i64,
    /// End: rows before this time.
    pub(super) to: i64,
    /// The first and the last day of their sort key, which is by the client's clock.
    pub(super) days: (u16, u16),
}

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

/// Units next to each other until they have so many rows.
fn together(units: &[Unit], rows: u64, (from, to): (i64, i64)) -> Vec<Span> {
    let mut spans = Vec::<Span>::new();
    let mut count = 0;
    for unit in units {
        let begin = (unit.unit * UNIT - 2_208_988_800_000).max(from);
        let end = begin.saturating_add(UNIT).min(to);
        match spans.last_mut() {
            Some(last) if count + unit.count <= rows => {
                last.to = end;
                last.days = (last.days.0.min(unit.first), last.days.1.max(unit.last));
                count += unit.count;
            }
            _ => {
                spans.push(Span { from: begin, to: end, days: (unit.first, unit.last) });
                count = unit.count;
            }
        }
    }
    spans
}
