//! All IDs of a user: the requested one and the anonymous ones linked to it.

use crate::store::Subject;
use rusqlite::{Connection, params};

/// The previous anonymous IDs of an identified user, without those that another user also had.
pub(super) const LINKED: &str = "
    SELECT DISTINCT linked FROM events AS mine
    WHERE known = ?1 AND linked IS NOT NULL AND linked <> ?1 AND (?2 IS NULL OR site = ?2) AND NOT EXISTS (
        SELECT 1 FROM events AS other
        WHERE other.linked = mine.linked AND (?2 IS NULL OR other.site = ?2) AND other.known IS NOT ?1)";

/// All IDs of a user, the requested one first.
pub(super) fn ids(connection: &Connection, subject: &Subject) -> rusqlite::Result<Vec<String>> {
    let mut linked = connection.prepare_cached(LINKED)?;
    let linked = linked.query_map(params![subject.id, subject.site], |row| row.get(0))?;
    [Ok(subject.id.clone())].into_iter().chain(linked).collect()
}
