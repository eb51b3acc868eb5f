//! Which rows a scan reads, as SQL.

use crate::store::{Scan, TextId};
use clickhouse::query::Query;

/// Columns that tell when events were: `at` says so by the collector's clock.
const AT: &str = "events.at >= fromUnixTimestamp64Milli(?) AND events.at < fromUnixTimestamp64Milli(?)";

/// The times that a `DateTime64` can have: of 1900 to 2299, epoch ms.
const TIMES: (i64, i64) = (-2_208_988_800_000, 10_413_792_000_000);

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

/// The conditions of a scan's rows.
#[derive(Clone)]
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) site: String,
    env: u32,
    /// From and to before this time, epoch ms.
    pub(super) range: (i64, i64),
    kinds: Vec<String>,
    /// The texts of the session and the content.
    texts: Vec<String>,
}

impl Conditions {
    pub(super) fn of(scan: &Scan, name: impl Fn(TextId) -> String) -> Self {
        let mut sql = format!("events.site = ? AND events.env = ? AND {AT}");
        if !scan.kinds.is_empty() {
            sql += " AND events.type IN ?";
        }
        let mut texts = Vec::new();
        for (condition, text) in [(" AND events.session = ?", scan.session), (" AND events.content = ?", scan.content)]
        {
            if let Some(text) = text {
                sql += condition;
                texts.push(name(text));
            }
        }
        Conditions {
            sql,
            site: name(scan.site),
            env: scan.env,
            range: within(scan.from, scan.to),
            kinds: scan.kinds.iter().map(|kind| name(*kind)).collect(),
            texts,
        }
    }

    /// The same in a part of the time. The days leave out parts of the table without a look at its rows.
    pub(super) fn within(&self, Span { from, to, days: (first, last) }: Span) -> Self {
        let sql = format!("{} AND toUInt16(events.day) BETWEEN {first} AND {last}", self.sql);
        Conditions { sql, range: (from, to), ..self.clone() }
    }

    pub(super) fn bind(&self, query: Query) -> Query {
        let (from, to) = self.range;
        let mut query = query.bind(&self.site).bind(self.env).bind(from).bind(to);
        if !self.kinds.is_empty() {
            query = query.bind(&self.kinds);
        }
        self.texts.iter().fold(query, |query, text| query.bind(text))
    }
}

/// The part of a range that ClickHouse can compare with.
fn within(from: i64, to: i64) -> (i64, i64) {
    let (first, end) = TIMES;
    (from.clamp(first, end), to.clamp(first, end))
}
