//! Reads events by position, and keeps the cursors of readers. One connection writes, so positions are in commit order,
//! and a reader sees a transaction whole or not at all.

use super::{Sqlite, lock};
use crate::store::{BatchLimit, CommittedEvent, FollowCommits, Position, StoreError, StoredEvent, UserIds};
use rusqlite::{OptionalExtension, Row, params};
use std::sync::Arc;
use uuid::Uuid;

const COMMITTED: &str = "
    SELECT n, id, site, type, time, received, body, user, known, linked FROM events WHERE n > ?1 ORDER BY n";

impl FollowCommits for Sqlite {
    fn committed(&self, after: Position, limit: BatchLimit) -> Result<Vec<CommittedEvent>, StoreError> {
        self.read(|reader| limit.take(reader.prepare_cached(COMMITTED)?.query_map([after.0], committed)?))
    }

    fn cursor(&self, name: &str) -> Result<Position, StoreError> {
        const CURSOR: &str = "SELECT position FROM cursors WHERE name = ?1";
        let position = |row: &Row<'_>| row.get(0).map(Position);
        let found = self.read(|reader| reader.prepare_cached(CURSOR)?.query_row([name], position).optional())?;
        Ok(found.unwrap_or_default())
    }

    fn save_cursor(&self, name: &str, position: Position) -> Result<(), StoreError> {
        const SAVE: &str = "
            INSERT INTO cursors VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET position = max(position, excluded.position)";
        lock(&self.writer).prepare_cached(SAVE)?.execute(params![name, position.0])?;
        Ok(())
    }

    fn last_position(&self) -> Result<Position, StoreError> {
        const LAST: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'events'";
        let position = |row: &Row<'_>| row.get(0).map(Position);
        let found = self.read(|reader| reader.prepare_cached(LAST)?.query_row([], position).optional())?;
        Ok(found.unwrap_or_default())
    }
}

fn committed(row: &Row<'_>) -> rusqlite::Result<CommittedEvent> {
    let event = StoredEvent {
        id: Uuid::from_bytes(row.get(1)?),
        site: row.get(2)?,
        kind: row.get(3)?,
        time: row.get(4)?,
        received: row.get(5)?,
        body: Arc::from(row.get_ref(6)?.as_str()?),
        who: UserIds { anonymous: row.get(7)?, known: row.get(8)?, linked: row.get(9)? },
    };
    Ok(CommittedEvent { position: Position(row.get(0)?), event })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_on_from_a_position_scans_no_earlier_event_and_sorts_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
        let plan = |row: &Row<'_>| row.get::<_, String>(3);
        let plan = lock(&store.writer).query_row(&format!("EXPLAIN QUERY PLAN {COMMITTED}"), [0], plan).unwrap();
        assert_eq!(plan, "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)");
    }
}
