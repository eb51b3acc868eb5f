//! The store of one machine: an SQLite file with a write-ahead log and `synchronous=FULL`, so that a commit is on disk.
//! One connection writes. Each read uses a read-only connection and never waits for the writer.

mod append;
mod backup;
mod commits;
mod erasure;
mod facts;
mod linked_ids;
mod notices;
mod read;
mod retention;
mod saved;
mod schema;
mod scrub;
mod shares;
mod states;
mod tabs;
mod verify;

pub use backup::backup;
pub use verify::{Verdict, verify};

use super::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
