//! Reads events: by ID, by arrival, by user.

use super::linked_ids::{ids, matching};
use super::{Sqlite, tabs};
use crate::store::{AuditEvents, AuditRow, BotFilter, Days, Filter, Found, ReadEvents, StoreError, Subject};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use std::sync::Arc;
use uuid::Uuid;

impl ReadEvents for Sqlite {
    fn page(&self, filter: &Filter, after: Option<Uuid>, limit: usize) -> Result<Vec<Found>, StoreError> {
        const PAGE: &str = "
            SELECT id, body FROM events
            WHERE id >= :first AND id < :end
                AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site = :site)
                AND (:bots IS NULL OR (json_extract(body, '$.server.bot') IS NOT NULL) = :bots)
            ORDER BY id LIMIT :limit";
        self.read(|reader| select(reader, PAGE, filter, filter.first_after(after), limit))
    }

    fn newest(&self, filter: &Filter, limit: usize) -> Result<Vec<Found>, StoreError> {
        const NEWEST: &str = "
            SELECT id, body FROM events NOT INDEXED
            WHERE id >= :first AND id < :end
                AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site = :site)
                AND (:bots IS NULL OR (json_extract(body, '$.server.bot') IS NOT NULL) = :bots)
            ORDER BY n DESC LIMIT :limit";
        let mut newest = self.read(|reader| select(reader, NEWEST, filter, filter.first(), limit))?;
        newest.reverse();
        Ok(newest)
    }

    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError> {
        const GET: &str = "SELECT id, body FROM events WHERE id = ?1";
        self.read(|reader| {
            let mut get = reader.prepare_cached(GET)?;
            let found = ids.iter().map(|id| get.query_row([id.as_bytes()], found).optional());
            found.filter_map(Result::transpose).collect()
        })
    }

    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        let mut found: Vec<_> = self
            .read(|reader| matching(reader, subject, &ids(reader, subject)?))?
            .into_values()
            .map(|(id, _)| id)
            .collect();
        found.sort_unstable();
        Ok(found)
    }

    fn sites(&self) -> Result<Vec<String>, StoreError> {
        // Every site with events has days, which no erasure removes.
        const SITES: &str = "SELECT site FROM days UNION SELECT site FROM states ORDER BY site";
        self.read(|reader| reader.prepare_cached(SITES)?.query_map([], |row| row.get(0))?.collect())
    }
}

impl AuditEvents for Sqlite {
    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError> {
        self.read(|reader| tabs::audit(reader, days))
    }
}

fn select(reader: &Connection, sql: &str, filter: &Filter, first: Uuid, limit: usize) -> rusqlite::Result<Vec<Found>> {
    let end = filter.end();
    let parameters = named_params! {
        ":first": first.as_bytes(), ":end": end.as_bytes(), ":type": filter.kind, ":site": filter.site,
        ":bots": filter.bots.and_then(BotFilter::of_bots),
        ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
    };
    reader.prepare_cached(sql)?.query_map(parameters, found)?.collect()
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((Uuid::from_bytes(row.get(0)?), Arc::from(row.get_ref(1)?.as_str()?)))
}
