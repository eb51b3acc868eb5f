//! The audit, from the reports about tabs and the numbers of the events that were landed. Repeats of either change
//! nothing. What is not landed yet counts as missing.

use super::ClickHouse;
use crate::store::{AuditCounts, AuditEvents, AuditRow, Day, Days, Losses, StoreError};
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::collections::BTreeMap;
use waymark_wire::Reason;

/// One row for each site and day, by the rules of `store/tab.rs`: `declared` are a tab's losses, `unnumbered` those of
/// events that never had a number.
const AUDIT: &str = "
    SELECT site, day, count() AS tabs, sum(made) AS created, sum(found) AS stored, sum(again) AS duplicate,
        sumMap(declared) AS lost,
        sum(toUInt64(if(made > found + total, made - found - total, 0))) AS missing,
        sum(toUInt64(if(found + total > made, found + total - made, 0))) AS surplus
    FROM (
        SELECT site, day, declared, found,
            arraySum(mapValues(declared)) AS total,
            numbers + arraySum((reason, count) -> if(has(?, reason), count, 0), mapKeys(declared), mapValues(declared))
                AS made,
            toUInt64(if(accepted > found, accepted - found, 0)) AS again
        FROM (
            SELECT site, tab, toDate(min(received)) AS day, max(numbers) AS numbers, sum(accepted) AS accepted,
                maxMap(lost) AS declared
            FROM deliveries FINAL WHERE ? = '' OR site = ? GROUP BY site, tab
        ) AS told
        LEFT JOIN (
            SELECT site, tab, count() AS found FROM stored FINAL WHERE ? = '' OR site = ? GROUP BY site, tab
        ) AS landed USING (site, tab)
        WHERE day >= toDate(?) AND day < toDate(?)
    )
    GROUP BY site, day ORDER BY day, site";

#[derive(Row, Deserialize)]
struct AuditedDay {
    site: String,
    day: u16,
    tabs: u64,
    created: u64,
    stored: u64,
    duplicate: u64,
    lost: Vec<(String, u64)>,
    missing: u64,
    surplus: u64,
}

const DAY_MS: i64 = 86_400_000;

impl AuditEvents for ClickHouse {
    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError> {
        let site = days.site.as_deref().unwrap_or_default();
        let number = |day: Day| u16::try_from(day.start() / DAY_MS).unwrap_or_default();
        let (from, to) = (days.from.map_or(0, number), days.to.map_or(u16::MAX, number));
        let unnumbered: Vec<_> =
            Reason::ALL.iter().filter(|reason| !reason.is_numbered()).map(|reason| reason.name()).collect();
        let rows = self.client.ask(async |http: &Http| {
            let query = http.query(AUDIT).bind(&unnumbered);
            let query = (0..4).fold(query, |query, _| query.bind(site));
            query.bind(from).bind(to).fetch_all::<AuditedDay>().await
        })?;
        Ok(rows.into_iter().map(AuditedDay::row).collect())
    }
}

impl AuditedDay {
    fn row(self) -> AuditRow {
        let AuditedDay { site, day, tabs, created, stored, duplicate, lost, missing, surplus } = self;
        let lost = Losses::from(lost.into_iter().collect::<BTreeMap<_, _>>());
        let figures = AuditCounts { tabs, created, stored, duplicate, lost, missing, surplus };
        AuditRow { site, day: Day::of(i64::from(day) * DAY_MS), figures }
    }
}
