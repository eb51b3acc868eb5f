//! Erases the events of a user. Each erasure is logged without the user's ID.

use super::facts::remove::remove;
use super::linked_ids::{ids, matching};
use super::scrub::empty_log;
use super::{Sqlite, lock, notices, states};
use crate::store::{EraseUsers, Erasure, ErasureScope, ErasureSource, StoreError, Subject};
use rusqlite::{Transaction, TransactionBehavior, params};
use std::collections::BTreeMap;

/// Finds a browser's events by anonymous ID.
const FORGET: &str = "SELECT n FROM events WHERE user = ?1 AND site = ?2";

impl EraseUsers for Sqlite {
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: Vec<i64> =
            transaction.prepare_cached(FORGET)?.query_map([user, site], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let erased = delete(&transaction, &found)?;
        // A sink may have events that are no longer here.
        let (scope, source) = (ErasureScope::Anonymous, ErasureSource::Browser);
        let sinks = notices::add(&transaction, Some(site), user, scope, source, time)?;
        // Any client may ask for any ID: if nothing was erased, nothing else is written.
        match (erased, sinks) {
            (0, 0) => return Ok(0),
            (0, _) => {}
            _ => note(&transaction, time, Some(site), source, erased)?,
        }
        transaction.commit()?;
        if erased > 0 {
            empty_log(&writer);
        }
        Ok(erased)
    }

    fn erase(&self, subject: &Subject, asked: ErasureSource, time: i64) -> Result<Erasure, StoreError> {
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
        for id in &ids {
            notices::add(&transaction, subject.site.as_deref(), id, ErasureScope::All, asked, time)?;
        }
        for (site, erased) in &sites {
            note(&transaction, time, Some(site), asked, *erased)?;
        }
        if sites.is_empty() {
            note(&transaction, time, subject.site.as_deref(), asked, 0)?;
        }
        transaction.commit()?;
        Ok(Erasure { erased: found.len(), states, ids })
    }

    fn scrub(&self, texts: &[String]) -> Result<bool, StoreError> {
        self.scrub_file(texts)
    }
}

/// Deletes events with their facts.
pub(super) fn delete<'a>(
    transaction: &Transaction<'_>,
    numbers: impl IntoIterator<Item = &'a i64> + Clone,
) -> rusqlite::Result<usize> {
    remove(transaction, numbers.clone())?;
    let mut delete = transaction.prepare_cached("DELETE FROM events WHERE n = ?1")?;
    numbers.into_iter().map(|n| delete.execute([n])).sum()
}

/// Records an erasure, without the user. One expiry of a site is one record.
pub(super) fn note(
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

#[cfg(test)]
mod tests {
    use super::super::linked_ids::{LINKED, MATCHING};
    use super::*;

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
}
