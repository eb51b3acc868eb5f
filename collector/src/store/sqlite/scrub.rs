//! Overwrites erased data in the log and the file, and searches their bytes for it.

use super::{BUSY_TIMEOUT, Sqlite, lock};
use crate::store::StoreError;
use memchr::memmem;
use rusqlite::Connection;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of the file searched at a time.
const WINDOW: usize = 1 << 20;

impl Sqlite {
    /// Empties the log and searches the file. If a text is found, the file is rewritten without its unused parts.
    pub(super) fn scrub_file(&self, texts: &[String]) -> Result<bool, StoreError> {
        let emptied = self.empty_log_soon();
        if !holds(&self.file, texts)? {
            return Ok(emptied);
        }
        tracing::info!("writing the store anew: what was erased stands in parts of it that are not in use");
        lock(&self.writer).execute_batch("VACUUM")?;
        Ok(self.empty_log_soon() && !holds(&self.file, texts)?)
    }

    /// Tries until no reader uses the log, for a limited time. Writes may happen in between.
    fn empty_log_soon(&self) -> bool {
        let end = Instant::now() + BUSY_TIMEOUT;
        loop {
            if empty_log(&lock(&self.writer)) {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Empties the log, which still contains erased rows. This fails while another connection reads or writes; the log is
/// then overwritten later and removed at the end. Returns whether the log is empty.
pub(super) fn empty_log(writer: &Connection) -> bool {
    let emptied = writer
        .busy_timeout(Duration::ZERO)
        .and_then(|()| writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)));
    let patient = writer.busy_timeout(BUSY_TIMEOUT);
    match emptied.and_then(|busy| patient.map(|()| busy == 0)) {
        Ok(emptied) => emptied,
        Err(error) => {
            tracing::warn!(%error, "the store's log could not be emptied after an erasure");
            false
        }
    }
}

/// Whether the file contains one of the texts.
fn holds(file: &Path, texts: &[String]) -> std::io::Result<bool> {
    let finders: Vec<_> = texts.iter().map(|text| memmem::Finder::new(text.as_bytes())).collect();
    let overlap = texts.iter().map(String::len).max().unwrap_or_default();
    let mut file = File::open(file)?;
    let mut window = vec![0; WINDOW + overlap];
    let mut kept = 0;
    loop {
        let read = file.read(window.get_mut(kept..).unwrap_or_default())?;
        if read == 0 {
            return Ok(false);
        }
        let end = kept + read;
        let filled = window.get(..end).unwrap_or_default();
        if finders.iter().any(|finder| finder.find(filled).is_some()) {
            return Ok(true);
        }
        // A text may begin in one window and end in the next.
        kept = end.min(overlap);
        window.copy_within(end - kept..end, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AppendEvents, EraseUsers};
    use rusqlite::params;

    #[test]
    fn a_text_is_found_wherever_it_stands_in_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        for at in [0, 1, WINDOW - 3, WINDOW, WINDOW + 3, WINDOW + 9, 3 * WINDOW] {
            let mut bytes = vec![b'.'; 3 * WINDOW + 20];
            bytes[at..at + 9].copy_from_slice(b"adam.brow");
            std::fs::write(&file, &bytes).unwrap();
            assert!(holds(&file, &["eve".to_owned(), "adam.brow".to_owned()]).unwrap(), "{at}");
            assert!(!holds(&file, &["adam.brown".to_owned()]).unwrap(), "{at}");
        }
        assert!(!holds(&file, &[]).unwrap());
    }

    #[test]
    fn what_is_left_in_a_part_that_is_not_in_use_is_swept_out() {
        const ID: &str = "adam.brown@example.com";
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.db");
        let store = Sqlite::open(&file).unwrap();
        // A connection of somebody else's overwrites nothing that it deletes.
        let other = Connection::open(&file).unwrap();
        other.execute_batch("PRAGMA secure_delete = off").unwrap();
        let insert = "
            INSERT INTO events (id, site, type, time, received, body, known)
            VALUES (?1, 'demo', 'play', 0, 0, ?2, ?3)";
        for n in 0..200_u128 {
            let id = if n % 2 == 0 { ID } else { "somebody else" };
            other.execute(insert, params![n.to_be_bytes(), id.repeat(20), id]).unwrap();
        }
        other.execute("DELETE FROM events WHERE known = ?1", [ID]).unwrap();
        assert!(empty_log(&lock(&store.writer)) && holds(&file, &[ID.to_owned()]).unwrap());
        assert!(store.scrub(&[ID.to_owned()]).unwrap());
        assert!(!holds(&file, &[ID.to_owned()]).unwrap());
        assert!(!store.scrub(&["somebody else".to_owned()]).unwrap());
        let left: i64 = other.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 100);
    }

    #[test]
    fn the_log_is_not_said_to_be_empty_while_somebody_reads() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.db");
        let store = Sqlite::open(&file).unwrap();
        let reader = Connection::open(&file).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM events;").unwrap();
        store.check().unwrap();
        assert!(!empty_log(&lock(&store.writer)));
        reader.execute_batch("ROLLBACK").unwrap();
        assert!(empty_log(&lock(&store.writer)));
    }
}
