//! User state in SQLite: one row for each entry, by user first.

use super::linked_ids::ids;
use super::{Sqlite, lock};
use crate::store::states::merge;
use crate::store::{Change, ExportedState, KeepState, Merged, Name, States, StoreError, Subject};
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use waymark_wire::state::Versioned;

const STATES: &str = "
    SELECT kind, name, version, at, expires, value FROM states WHERE user = ?1 AND site = ?2 AND expires > ?3";

const ABOUT: &str = "
    SELECT kind, name, version, at, expires, value, site, user FROM states
    WHERE user = ?1 AND (?2 IS NULL OR site = ?2) ORDER BY site, kind, name";

const ERASE: &str = "DELETE FROM states WHERE user = ?1 AND (?2 IS NULL OR site = ?2)";

pub(super) const EXPIRE: &str = "
    DELETE FROM states WHERE (user, site, kind, name) IN (
        SELECT user, site, kind, name FROM states WHERE expires <= ?1 LIMIT ?2)";

impl KeepState for Sqlite {
    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut all = Vec::with_capacity(changes.len());
        for Change { site, user, entries } in changes {
            let mut states = states(&transaction, site, user, time)?;
            let (fates, changed) = merge(&mut states, entries);
            for name in changed {
                write(&transaction, site, user, &name, states.get(&name))?;
            }
            all.push(Merged { fates, states });
        }
        transaction.commit()?;
        Ok(all)
    }

    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError> {
        self.read(|reader| states(reader, site, user, time))
    }

    fn export_state(&self, subject: &Subject) -> Result<Vec<ExportedState>, StoreError> {
        self.read(|reader| {
            let mut about = reader.prepare_cached(ABOUT)?;
            let mut all = Vec::new();
            for id in ids(reader, subject)? {
                for row in about.query_map(params![id, subject.site], exported)? {
                    all.push(row?);
                }
            }
            Ok(all)
        })
    }
}

/// Erases the state of a user with these IDs. Returns the number of entries.
pub(super) fn erase(transaction: &Transaction<'_>, subject: &Subject, ids: &[String]) -> rusqlite::Result<usize> {
    let mut erase = transaction.prepare_cached(ERASE)?;
    ids.iter().map(|id| erase.execute(params![id, subject.site])).sum()
}

fn states(connection: &Connection, site: &str, user: &str, time: i64) -> rusqlite::Result<States> {
    connection.prepare_cached(STATES)?.query_map(params![user, site, time], state)?.collect()
}

fn write(
    transaction: &Transaction<'_>,
    site: &str,
    user: &str,
    (kind, name): &Name,
    state: Option<&Versioned>,
) -> rusqlite::Result<usize> {
    const WRITE: &str = "
        INSERT OR REPLACE INTO states (user, site, kind, name, version, at, expires, value)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    const REMOVE: &str = "DELETE FROM states WHERE user = ?1 AND site = ?2 AND kind = ?3 AND name = ?4";
    let Some(Versioned { version, at, expires, value }) = state else {
        return transaction.prepare_cached(REMOVE)?.execute(params![user, site, kind, name]);
    };
    transaction.prepare_cached(WRITE)?.execute(params![user, site, kind, name, version, at, expires, value])
}

fn state(row: &Row<'_>) -> rusqlite::Result<(Name, Versioned)> {
    let state = Versioned { version: row.get(2)?, at: row.get(3)?, expires: row.get(4)?, value: row.get(5)? };
    Ok(((row.get(0)?, row.get(1)?), state))
}

fn exported(row: &Row<'_>) -> rusqlite::Result<ExportedState> {
    let (name, state) = state(row)?;
    Ok(ExportedState { site: row.get(6)?, user: row.get(7)?, name, state })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_question_reads_more_than_its_own_rows() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
        let writer = lock(&store.writer);
        for sql in [STATES, ABOUT, ERASE, EXPIRE] {
            let mut plan = writer.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let parameters = plan.parameter_count();
            let none = rusqlite::params_from_iter(vec![""; parameters]);
            let plan: Vec<String> = plan.query_map(none, |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert!(plan.iter().any(|step| step.starts_with("SEARCH states")), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("SCAN") || step.contains("TEMP")), "{plan:?}");
        }
    }
}
