//! The store of one machine: an SQLite file. `synchronous=FULL` over a write-ahead log: what was committed is on disk.
//! One connection writes; each read borrows a read-only one, and never waits for the writer.

use super::{Filter, Found, Outcome, Record, Store, StoreError};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, named_params, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Events in an SQLite file.
pub struct Sqlite {
    file: PathBuf,
    // Dropped before the writer: the last to close tidies the log away, and a reader may not.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

/// What makes the tables, one step for each version that the file had; the version is kept in the file. A file is
/// brought from its version to the newest when it is opened.
const STEPS: [&str; 2] = [EVENTS, USERS];

const SCHEMA: i64 = STEPS.len() as i64;

/// `n` is the order of arrival. The unique index is cheap because ids grow with time. `WITHOUT ROWID` with the id as
/// the key was measured against it: bodies of 1 kB in the index's own nodes cost five times the CPU per event (51
/// against 11 µs) and 16 % more space, for a scan that is no faster (2 shared cores, November 2026).
const EVENTS: &str = "
    CREATE TABLE events (
        n        INTEGER PRIMARY KEY,
        id       BLOB NOT NULL UNIQUE,
        site     TEXT NOT NULL,
        type     TEXT NOT NULL,
        time     INTEGER NOT NULL,
        received INTEGER NOT NULL,
        body     TEXT NOT NULL
    ) STRICT;
    CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL) STRICT;
";

/// Version 2: by whose anonymous ID an event can be erased.
const USERS: &str = "
    ALTER TABLE events ADD COLUMN user TEXT;
    UPDATE events SET user = json_extract(body, '$.wm.euId') WHERE json_extract(body, '$.wm.euIdSource') = 'Cache';
    CREATE INDEX users ON events (user) WHERE user IS NOT NULL;
";

/// How long to wait while another process holds the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Below this many idle read connections, one is kept for the next read.
const IDLE_READERS: usize = 4;

impl Sqlite {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be used as it is.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(PATIENCE)?;
        prepare(&mut connection)?;
        Ok(Sqlite { file: file.to_owned(), writer: Mutex::new(connection), readers: Mutex::default() })
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let reader = Connection::open_with_flags(&self.file, flags)?;
                reader.busy_timeout(PATIENCE)?;
                reader
            }
        };
        let result = query(&reader)?;
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        Ok(result)
    }
}

fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    // Before the first table, or it has no effect: events of 1 kB fit better.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    // After a burst the log shrinks again.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // What is erased is overwritten, not only taken off the lists.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = usize::try_from(found).ok().and_then(|done| STEPS.get(done..));
    let Some(steps) = steps else { return Err(StoreError::Newer { found, known: SCHEMA }) };
    if found == 0 {
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables > 0 {
            return Err(StoreError::Foreign);
        }
    } else if !steps.is_empty() {
        tracing::info!("bringing the store from schema {found} to {SCHEMA}; a large one takes a while");
    }
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", SCHEMA)?;
    Ok(transaction.commit()?)
}

impl Store for Sqlite {
    fn append(&self, records: &[Record]) -> Result<Vec<Outcome>, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcomes = insert(&transaction, records)?;
        transaction.commit()?;
        Ok(outcomes)
    }

    fn page(&self, filter: &Filter, after: Option<Uuid>, most: usize) -> Result<Vec<Found>, StoreError> {
        const PAGE: &str = "
            SELECT id, body FROM events
            WHERE id >= :first AND id < :end
                AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site = :site)
            ORDER BY id LIMIT :most";
        self.read(|reader| select(reader, PAGE, filter, filter.first_after(after), most))
    }

    fn newest(&self, filter: &Filter, most: usize) -> Result<Vec<Found>, StoreError> {
        const NEWEST: &str = "
            SELECT id, body FROM events NOT INDEXED
            WHERE id >= :first AND id < :end
                AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site = :site)
            ORDER BY n DESC LIMIT :most";
        let mut newest = self.read(|reader| select(reader, NEWEST, filter, filter.first(), most))?;
        newest.reverse();
        Ok(newest)
    }

    fn forget(&self, site: &str, user: &str) -> Result<usize, StoreError> {
        let writer = lock(&self.writer);
        let erased = writer.execute(FORGET, [user, site])?;
        if erased > 0 {
            tidy(&writer);
        }
        Ok(erased)
    }

    fn check(&self) -> Result<(), StoreError> {
        const PROBE: &str = "INSERT INTO probe VALUES (1, 1) ON CONFLICT DO UPDATE SET times = times + 1";
        lock(&self.writer).execute(PROBE, [])?;
        Ok(())
    }
}

const FORGET: &str = "DELETE FROM events WHERE user = ?1 AND site = ?2";

/// Empties the log, which still has what was erased from the tables. While somebody reads or writes beside us it cannot
/// be; then it is written over as it grows again, and gone at the end.
fn tidy(writer: &Connection) {
    let emptied = writer
        .busy_timeout(Duration::ZERO)
        .and_then(|()| writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))
        .and(writer.busy_timeout(PATIENCE));
    if let Err(error) = emptied {
        tracing::warn!(%error, "the store's log could not be emptied after an erasure");
    }
}

fn insert(transaction: &Transaction<'_>, records: &[Record]) -> Result<Vec<Outcome>, StoreError> {
    const INSERT: &str = "
        INSERT INTO events (id, site, type, time, received, body, user) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO NOTHING";
    let mut insert = transaction.prepare_cached(INSERT)?;
    let mut outcomes = Vec::with_capacity(records.len());
    for Record { id, site, kind, time, received, user, body } in records {
        let rows = insert.execute(params![id.as_bytes(), site, kind, time, received, &**body, user])?;
        outcomes.push(if rows == 1 { Outcome::Stored } else { Outcome::Duplicate });
    }
    Ok(outcomes)
}

fn select(reader: &Connection, sql: &str, filter: &Filter, first: Uuid, most: usize) -> rusqlite::Result<Vec<Found>> {
    let end = filter.end();
    let parameters = named_params! {
        ":first": first.as_bytes(), ":end": end.as_bytes(), ":type": filter.kind, ":site": filter.site,
        ":most": i64::try_from(most).unwrap_or(i64::MAX),
    };
    let found = |row: &rusqlite::Row<'_>| {
        let id: [u8; 16] = row.get(0)?;
        Ok((Uuid::from_bytes(id), Arc::from(row.get_ref(1)?.as_str()?)))
    };
    reader.prepare_cached(sql)?.query_map(parameters, found)?.collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_erasure_reads_no_more_than_the_events_of_one_user() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
        let writer = lock(&store.writer);
        let plan = |row: &rusqlite::Row<'_>| row.get::<_, String>(3);
        let plan = writer.query_row(&format!("EXPLAIN QUERY PLAN {FORGET}"), ["", ""], plan).unwrap();
        assert_eq!(plan, "SEARCH events USING INDEX users (user=?)");
    }
}
