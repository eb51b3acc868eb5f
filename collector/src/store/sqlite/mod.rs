//! The store of one machine: an SQLite file with a write-ahead log and `synchronous=FULL`, so that a commit is on disk.
//! One connection writes. Each read uses a read-only connection and never waits for the writer.

mod backup;
mod erasure;
mod linked_ids;
mod schema;
mod states;
mod tabs;
mod verify;

pub use backup::backup;
pub use verify::{Verdict, verify};

use self::tabs::Tabs;
use super::{
    AuditRow, Change, Days, Erasure, ErasureSource, Expired, Expiry, ExportedState, Filter, Found, IngestBatch, Merged,
    Outcome, Receipt, States, Store, StoreError, StoredEvent, Subject, UserIds,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, named_params, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Events in an SQLite file.
pub struct Sqlite {
    file: PathBuf,
    // Dropped before the writer: the last connection to close removes the log, and a reader cannot.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
}

/// Longest wait while another process locks the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest number of idle read connections.
const IDLE_READERS: usize = 4;

impl Sqlite {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be used.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        schema::prepare(&mut connection)?;
        Ok(Sqlite { file: file.to_owned(), writer: Mutex::new(connection), readers: Mutex::default() })
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let reader = Connection::open_with_flags(&self.file, flags)?;
                reader.busy_timeout(BUSY_TIMEOUT)?;
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

impl Store for Sqlite {
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut tabs = Tabs::default();
        let mut receipts = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let outcomes = insert(&transaction, &delivery.records)?;
            let acknowledged_below = tabs.take(&transaction, delivery, &outcomes)?;
            receipts.push(Receipt { outcomes, acknowledged_below });
        }
        tabs.count(&transaction)?;
        transaction.commit()?;
        Ok(receipts)
    }

    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError> {
        self.read(|reader| tabs::audit(reader, days))
    }

    fn page(&self, filter: &Filter, after: Option<Uuid>, limit: usize) -> Result<Vec<Found>, StoreError> {
        const PAGE: &str = "
            SELECT id, body FROM events
            WHERE id >= :first AND id < :end
                AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site = :site)
            ORDER BY id LIMIT :limit";
        self.read(|reader| select(reader, PAGE, filter, filter.first_after(after), limit))
    }

    fn newest(&self, filter: &Filter, limit: usize) -> Result<Vec<Found>, StoreError> {
        const NEWEST: &str = "
            SELECT id, body FROM events NOT INDEXED
            WHERE id >= :first AND id < :end
                AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site = :site)
            ORDER BY n DESC LIMIT :limit";
        let mut newest = self.read(|reader| select(reader, NEWEST, filter, filter.first(), limit))?;
        newest.reverse();
        Ok(newest)
    }

    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError> {
        self.forget_user(site, user, time)
    }

    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        self.ids_about(subject)
    }

    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError> {
        const GET: &str = "SELECT id, body FROM events WHERE id = ?1";
        self.read(|reader| {
            let mut get = reader.prepare_cached(GET)?;
            let found = ids.iter().map(|id| get.query_row([id.as_bytes()], found).optional());
            found.filter_map(Result::transpose).collect()
        })
    }

    fn erase(&self, subject: &Subject, asked: ErasureSource, time: i64) -> Result<Erasure, StoreError> {
        self.erase_about(subject, asked, time)
    }

    fn scrub(&self, texts: &[String]) -> Result<bool, StoreError> {
        self.scrub_file(texts)
    }

    fn expire(&self, expiry: &Expiry, after: i64, limit: usize) -> Result<Expired, StoreError> {
        self.expire_next(expiry, after, limit)
    }

    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError> {
        self.merge_changes(changes, time)
    }

    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError> {
        self.states_of(site, user, time)
    }

    fn export_state(&self, subject: &Subject) -> Result<Vec<ExportedState>, StoreError> {
        self.export_states(subject)
    }

    fn expire_state(&self, time: i64, limit: usize) -> Result<usize, StoreError> {
        self.expire_states(time, limit)
    }

    fn sites(&self) -> Result<Vec<String>, StoreError> {
        // Every site with events has days, which no erasure removes.
        const SITES: &str = "SELECT site FROM days UNION SELECT site FROM states ORDER BY site";
        self.read(|reader| reader.prepare_cached(SITES)?.query_map([], |row| row.get(0))?.collect())
    }

    fn check(&self) -> Result<(), StoreError> {
        const PROBE: &str = "INSERT INTO probe VALUES (1, 1) ON CONFLICT DO UPDATE SET times = times + 1";
        lock(&self.writer).execute(PROBE, [])?;
        Ok(())
    }
}

fn insert(transaction: &Transaction<'_>, records: &[StoredEvent]) -> Result<Vec<Outcome>, StoreError> {
    const INSERT: &str = "
        INSERT INTO events (id, site, type, time, received, body, user, known, linked)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO NOTHING";
    let mut insert = transaction.prepare_cached(INSERT)?;
    let mut outcomes = Vec::with_capacity(records.len());
    for StoredEvent { id, site, kind, time, received, who, body } in records {
        let UserIds { anonymous, known, linked } = who;
        let rows =
            insert.execute(params![id.as_bytes(), site, kind, time, received, &**body, anonymous, known, linked])?;
        outcomes.push(if rows == 1 { Outcome::Stored } else { Outcome::Duplicate });
    }
    Ok(outcomes)
}

fn select(reader: &Connection, sql: &str, filter: &Filter, first: Uuid, limit: usize) -> rusqlite::Result<Vec<Found>> {
    let end = filter.end();
    let parameters = named_params! {
        ":first": first.as_bytes(), ":end": end.as_bytes(), ":type": filter.kind, ":site": filter.site,
        ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
    };
    reader.prepare_cached(sql)?.query_map(parameters, found)?.collect()
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((Uuid::from_bytes(row.get(0)?), Arc::from(row.get_ref(1)?.as_str()?)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
