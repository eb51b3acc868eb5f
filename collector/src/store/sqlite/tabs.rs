//! Counters of each tab, and of each site and day, kept in the transaction of the events.

use crate::store::tab::{Answered, Tab};
use crate::store::{AuditCounts, AuditRow, Day, Days, IngestBatch, Losses, Outcome};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};
use std::collections::BTreeMap;

/// Changes of a transaction to the counts of sites and days.
#[derive(Default)]
pub(super) struct Tabs(BTreeMap<(Day, String), (AuditCounts, AuditCounts)>);

impl Tabs {
    /// Updates the tab of a batch. Returns the number below which all its events are acknowledged.
    pub(super) fn take(
        &mut self,
        transaction: &Transaction<'_>,
        delivery: &IngestBatch,
        outcomes: &[Outcome],
    ) -> rusqlite::Result<u64> {
        let known = find(transaction, delivery)?;
        let before = known.as_ref().map_or_else(AuditCounts::default, Tab::figures);
        let mut tab = known.unwrap_or_else(|| Tab::new(delivery.day));
        tab.take(delivery, outcomes);
        keep(transaction, delivery, &tab)?;
        let (added, taken) = self.0.entry((tab.day, delivery.site.clone())).or_default();
        *added = added.plus(&tab.figures());
        *taken = taken.plus(&before);
        Ok(tab.answered.acknowledged_below)
    }

    /// Updates the counts of sites and days.
    pub(super) fn count(self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        const FIGURES: &str =
            "SELECT tabs, created, stored, duplicate, lost, missing, surplus FROM days WHERE day = ?1 AND site = ?2";
        const KEEP: &str = "INSERT OR REPLACE INTO days VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        for ((day, site), (added, taken)) in self.0 {
            let before = transaction.prepare_cached(FIGURES)?.query_row(params![day, site], |row| figures(row, 0));
            let AuditCounts { tabs, created, stored, duplicate, lost, missing, surplus } =
                before.optional()?.unwrap_or_default().plus(&added).minus(&taken);
            let [tabs, created, stored, duplicate] = [tabs, created, stored, duplicate].map(integer);
            let [missing, surplus] = [missing, surplus].map(integer);
            transaction
                .prepare_cached(KEEP)?
                .execute(params![day, site, tabs, created, stored, duplicate, lost, missing, surplus])?;
        }
        Ok(())
    }
}

pub(super) fn audit(reader: &Connection, days: &Days) -> rusqlite::Result<Vec<AuditRow>> {
    const AUDIT: &str = "
        SELECT day, site, tabs, created, stored, duplicate, lost, missing, surplus FROM days
        WHERE (:from IS NULL OR day >= :from) AND (:to IS NULL OR day < :to) AND (:site IS NULL OR site = :site)
        ORDER BY day, site";
    let parameters = named_params! { ":from": days.from, ":to": days.to, ":site": days.site };
    let audited = |row: &Row<'_>| Ok(AuditRow { day: row.get(0)?, site: row.get(1)?, figures: figures(row, 2)? });
    reader.prepare_cached(AUDIT)?.query_map(parameters, audited)?.collect()
}

/// Each tab with its site's key.
pub(super) fn each(reader: &Connection, mut with: impl FnMut(String, Tab)) -> rusqlite::Result<()> {
    const ALL: &str = "
        SELECT day, numbers, stored, duplicate, lost, upto, ahead_from, ahead_to, site FROM tabs ORDER BY site, tab";
    let mut all = reader.prepare(ALL)?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        with(row.get(8)?, tab(row)?);
    }
    Ok(())
}

fn tab(row: &Row<'_>) -> rusqlite::Result<Tab> {
    let answered = Answered { acknowledged_below: count(row, 5)?, ahead: (count(row, 6)?, count(row, 7)?) };
    let (numbers, stored, duplicate) = (count(row, 1)?, count(row, 2)?, count(row, 3)?);
    Ok(Tab { day: row.get(0)?, numbers, stored, duplicate, lost: row.get(4)?, answered })
}

fn find(transaction: &Transaction<'_>, delivery: &IngestBatch) -> rusqlite::Result<Option<Tab>> {
    const FIND: &str = "
        SELECT day, numbers, stored, duplicate, lost, upto, ahead_from, ahead_to FROM tabs WHERE site = ?1 AND tab = ?2";
    transaction.prepare_cached(FIND)?.query_row(params![delivery.site, delivery.tab.as_bytes()], tab).optional()
}

fn keep(transaction: &Transaction<'_>, delivery: &IngestBatch, tab: &Tab) -> rusqlite::Result<()> {
    const KEEP: &str = "
        INSERT INTO tabs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT DO UPDATE SET numbers = ?4, stored = ?5, duplicate = ?6, lost = ?7, upto = ?8, ahead_from = ?9,
            ahead_to = ?10";
    let Tab { day, numbers, stored, duplicate, lost, answered: Answered { acknowledged_below, ahead } } = tab;
    let [numbers, stored, duplicate] = [*numbers, *stored, *duplicate].map(integer);
    let [acknowledged_below, from, to] = [*acknowledged_below, ahead.0, ahead.1].map(integer);
    let (site, guid) = (&delivery.site, delivery.tab.as_bytes());
    transaction.prepare_cached(KEEP)?.execute(params![
        site,
        guid,
        day,
        numbers,
        stored,
        duplicate,
        lost,
        acknowledged_below,
        from,
        to
    ])?;
    Ok(())
}

fn figures(row: &Row<'_>, first: usize) -> rusqlite::Result<AuditCounts> {
    Ok(AuditCounts {
        tabs: count(row, first)?,
        created: count(row, first + 1)?,
        stored: count(row, first + 2)?,
        duplicate: count(row, first + 3)?,
        lost: row.get(first + 4)?,
        missing: count(row, first + 5)?,
        surplus: count(row, first + 6)?,
    })
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.max(0).unsigned_abs())
}

/// SQLite has no unsigned integers.
fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

impl ToSql for Losses {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text =
            serde_json::to_string(self).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl FromSql for Losses {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(FromSqlError::other)
    }
}
