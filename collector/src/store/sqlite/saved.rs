//! Saved segments and goals in SQLite.

use super::{Sqlite, lock};
use crate::store::{KeepSaved, SAVED, Saved, SavedKind, StoreError};
use rusqlite::{Row, TransactionBehavior, params};

impl KeepSaved for Sqlite {
    fn save(&self, saved: &Saved) -> Result<bool, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM saved WHERE site = ?1 AND NOT (kind = ?2 AND name = ?3)";
        const SAVE: &str = "INSERT OR REPLACE INTO saved (site, kind, name, query, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let Saved { site, kind, name, query, at } = saved;
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let others: i64 = transaction.query_row(COUNT, params![site, kind.name(), name], |row| row.get(0))?;
        if usize::try_from(others).is_ok_and(|others| others >= SAVED) {
            return Ok(false);
        }
        transaction.execute(SAVE, params![site, kind.name(), name, query, at])?;
        transaction.commit()?;
        Ok(true)
    }

    fn saved(&self, site: &str) -> Result<Vec<Saved>, StoreError> {
        const SELECT: &str = "SELECT site, kind, name, query, at FROM saved WHERE site = ?1 ORDER BY kind, name";
        let found: Vec<Option<Saved>> =
            self.read(|reader| reader.prepare_cached(SELECT)?.query_map([site], saved)?.collect())?;
        Ok(found.into_iter().flatten().collect())
    }

    fn drop_saved(&self, site: &str, kind: SavedKind, name: &str) -> Result<bool, StoreError> {
        const DROP: &str = "DELETE FROM saved WHERE site = ?1 AND kind = ?2 AND name = ?3";
        Ok(lock(&self.writer).execute(DROP, params![site, kind.name(), name])? > 0)
    }
}

/// `None` for a kind of another collector.
fn saved(row: &Row<'_>) -> rusqlite::Result<Option<Saved>> {
    let Some(kind) = SavedKind::named(row.get_ref(1)?.as_str()?) else { return Ok(None) };
    Ok(Some(Saved { site: row.get(0)?, kind, name: row.get(2)?, query: row.get(3)?, at: row.get(4)? }))
}
