//! Erases the events of a user, and events past their retention. Each erasure is logged without the user's ID. Erased
//! data is overwritten, and searched for in the bytes of the file.

use super::linked_ids::ids;
use super::{BUSY_TIMEOUT, Sqlite, lock, states};
use crate::store::{Erasure, ErasureSource, Expired, Expiry, StoreError, Subject};
use memchr::memmem;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Erases a browser's events by anonymous ID.
const FORGET: &str = "DELETE FROM events WHERE user = ?1 AND site = ?2";

/// Finds the events with an ID, one query for each column.
const MATCHING: [&str; 3] = [
    "SELECT n, id, site FROM events WHERE user = ?1 AND (?2 IS NULL OR site = ?2)",
    "SELECT n, id, site FROM events WHERE known = ?1 AND (?2 IS NULL OR site = ?2)",
    "SELECT n, id, site FROM events WHERE linked = ?1 AND (?2 IS NULL OR site = ?2)",
];

/// Bytes of the file searched at a time.
const WINDOW: usize = 1 << 20;

impl Sqlite {
    pub(super) fn forget_user(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let erased = transaction.execute(FORGET, [user, site])?;
        // Any client may ask for any ID: if nothing was erased, nothing is written.
        if erased == 0 {
            return Ok(0);
        }
        note(&transaction, time, Some(site), ErasureSource::Browser, erased)?;
        transaction.commit()?;
        empty_log(&writer);
        Ok(erased)
    }

    pub(super) fn ids_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        let mut found: Vec<_> = self
            .read(|reader| matching(reader, subject, &ids(reader, subject)?))?
            .into_values()
            .map(|(id, _)| id)
            .collect();
        found.sort_unstable();
        Ok(found)
    }

    pub(super) fn erase_about(
        &self,
        subject: &Subject,
        asked: ErasureSource,
        time: i64,
    ) -> Result<Erasure, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let ids = ids(&transaction, subject)?;
        let found = matching(&transaction, subject, &ids)?;
        let mut sites = BTreeMap::<_, usize>::new();
        for (_, site) in found.values() {
            *sites.entry(site.as_str()).or_default() += 1;
        }
        delete(&transaction, found.keys())?;
        let states = states::erase(&transaction, subject, &ids)?;
        for (site, erased) in &sites {
            note(&transaction, time, Some(site), asked, *erased)?;
        }
        if sites.is_empty() {
            note(&transaction, time, subject.site.as_deref(), asked, 0)?;
        }
        transaction.commit()?;
        Ok(Erasure { erased: found.len(), states, ids })
    }

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

    pub(super) fn expire_next(&self, expiry: &Expiry, after: i64, limit: usize) -> Result<Expired, StoreError> {
        const NEXT: &str = "SELECT n, site, received FROM events WHERE n > ?1 ORDER BY n LIMIT ?2";
        let mut step = Expired { after, ..Expired::default() };
        let mut old = BTreeMap::<String, Vec<i64>>::new();
        self.read(|reader| {
            let mut next = reader.prepare_cached(NEXT)?;
            let mut rows = next.query(params![after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
            while let Some(row) = rows.next()? {
                let (n, site, received) = (row.get(0)?, row.get_ref(1)?.as_str()?, row.get(2)?);
                if received >= expiry.end() {
                    step.done = true;
                    break;
                }
                step.after = n;
                step.seen += 1;
                if expiry.is_over(site, received) {
                    old.entry(site.to_owned()).or_default().push(n);
                }
            }
            Ok(())
        })?;
        step.done |= step.seen < limit;
        step.erased = old.values().map(Vec::len).sum();
        if step.erased > 0 {
            let mut writer = lock(&self.writer);
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (site, numbers) in &old {
                let erased = delete(&transaction, numbers)?;
                note(&transaction, expiry.time, Some(site), ErasureSource::Retention, erased)?;
            }
            transaction.commit()?;
        }
        Ok(step)
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
fn empty_log(writer: &Connection) -> bool {
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

/// The events of a user with these IDs, by `n`: ID and site.
fn matching(
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

fn delete<'a>(transaction: &Transaction<'_>, numbers: impl IntoIterator<Item = &'a i64>) -> rusqlite::Result<usize> {
    let mut delete = transaction.prepare_cached("DELETE FROM events WHERE n = ?1")?;
    numbers.into_iter().map(|n| delete.execute([n])).sum()
}

/// Records an erasure, without the user. One expiry of a site is one record.
fn note(
    transaction: &Transaction<'_>,
    time: i64,
    site: Option<&str>,
    asked: ErasureSource,
    events: usize,
) -> rusqlite::Result<()> {
    const ADD: &str = "UPDATE erasures SET events = events + ?4 WHERE time = ?1 AND site IS ?2 AND asked = ?3";
    const NOTE: &str = "INSERT INTO erasures (time, site, asked, events) VALUES (?1, ?2, ?3, ?4)";
    let noted = params![time, site, asked.name(), i64::try_from(events).unwrap_or(i64::MAX)];
    if asked == ErasureSource::Retention && transaction.prepare_cached(ADD)?.execute(noted)? > 0 {
        return Ok(());
    }
    transaction.prepare_cached(NOTE)?.execute(noted).map(drop)
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
    use super::super::linked_ids::LINKED;
    use super::*;
    use crate::store::Store;

    #[test]
    fn finding_and_erasing_read_no_more_than_the_events_of_one_user() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
        let writer = lock(&store.writer);
        for (sql, index) in [
            (FORGET, "users (user"),
            (MATCHING[0], "users (user"),
            (MATCHING[1], "known (known"),
            (MATCHING[2], "linked (linked"),
        ] {
            let plan = |row: &rusqlite::Row<'_>| row.get::<_, String>(3);
            let plan = writer.query_row(&format!("EXPLAIN QUERY PLAN {sql}"), ["", ""], plan).unwrap();
            assert_eq!(plan, format!("SEARCH events USING INDEX {index}=?)"));
        }
        let mut plan = writer.prepare(&format!("EXPLAIN QUERY PLAN {LINKED}")).unwrap();
        let plan: Vec<String> = plan.query_map(["", ""], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        assert!(plan.iter().any(|step| step == "SEARCH mine USING INDEX known (known=?)"), "{plan:?}");
        assert!(plan.iter().any(|step| step == "SEARCH other USING INDEX linked (linked=?)"), "{plan:?}");
        assert!(!plan.iter().any(|step| step.contains("SCAN")), "{plan:?}");
    }

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
        let insert = "INSERT INTO events (id, site, type, time, received, body, known) VALUES (?1, 'demo', 'play', 0, 0, ?2, ?3)";
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
