//! The IDs of one user: the one that is asked for, and the anonymous ones linked to it.

use crate::store::Whom;
use rusqlite::{Connection, params};

/// The anonymous IDs under which a known user was before, but for those under which somebody else was too.
pub(super) const LINKED: &str = "
    SELECT DISTINCT linked FROM events AS mine
    WHERE known = ?1 AND linked IS NOT NULL AND linked <> ?1 AND (?2 IS NULL OR site = ?2) AND NOT EXISTS (
        SELECT 1 FROM events AS other
        WHERE other.linked = mine.linked AND (?2 IS NULL OR other.site = ?2) AND other.known IS NOT ?1)";

/// The IDs that somebody has, that which is asked for first.
pub(super) fn ids(connection: &Connection, whom: &Whom) -> rusqlite::Result<Vec<String>> {
    let mut linked = connection.prepare_cached(LINKED)?;
    let linked = linked.query_map(params![whom.id, whom.site], |row| row.get(0))?;
    [Ok(whom.id.clone())].into_iter().chain(linked).collect()
}
