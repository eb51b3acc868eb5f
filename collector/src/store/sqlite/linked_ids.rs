//! All IDs of a user: the requested one and the anonymous ones linked to it; and the events with these IDs.

use crate::store::Subject;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The previous anonymous IDs of an identified user, without those that another user also had.
pub(super) const LINKED: &str = "
    SELECT DISTINCT linked FROM events AS mine
    WHERE known = ?1 AND linked IS NOT NULL AND linked <> ?1 AND (?2 IS NULL OR site = ?2) AND NOT EXISTS (
        SELECT 1 FROM events AS other
        WHERE other.linked = mine.linked AND (?2 IS NULL OR other.site = ?2) AND other.known IS NOT ?1)";

/// Finds the events with an ID, one query for each column.
pub(super) const MATCHING: [&str; 3] = [
    "SELECT n, id, site FROM events WHERE user = ?1 AND (?2 IS NULL OR site = ?2)",
    "SELECT n, id, site FROM events WHERE known = ?1 AND (?2 IS NULL OR site = ?2)",
    "SELECT n, id, site FROM events WHERE linked = ?1 AND (?2 IS NULL OR site = ?2)",
];

/// All IDs of a user, the requested one first.
pub(super) fn ids(connection: &Connection, subject: &Subject) -> rusqlite::Result<Vec<String>> {
    let mut linked = connection.prepare_cached(LINKED)?;
    let linked = linked.query_map(params![subject.id, subject.site], |row| row.get(0))?;
    [Ok(subject.id.clone())].into_iter().chain(linked).collect()
}

/// The events of a user with these IDs, by `n`: ID and site.
pub(super) fn matching(
    connection: &Connection,
    subject: &Subject,
    ids: &[String],
) -> rusqlite::Result<BTreeMap<i64, (Uuid, String)>> {
    let mut found = BTreeMap::new();
    for sql in MATCHING {
        let mut matching = connection.prepare_cached(sql)?;
        for id in ids {
            let mut rows = matching.query(params![id, subject.site])?;
            while let Some(row) = rows.next()? {
                found.insert(row.get(0)?, (Uuid::from_bytes(row.get(1)?), row.get(2)?));
            }
        }
    }
    Ok(found)
}
