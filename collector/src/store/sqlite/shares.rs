//! Shared links in SQLite.

use super::{Sqlite, lock};
use crate::store::{KeepShares, SHARES, Share, StoreError, TokenHash};
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

const COLUMNS: &str = "id, hash, site, view, query, name, created, expires, used";

impl KeepShares for Sqlite {
    fn add_share(&self, share: &Share) -> Result<bool, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM shares WHERE expires <= ?1", [share.created])?;
        let count: i64 =
            transaction.query_row("SELECT count(*) FROM shares WHERE site = ?1", [&share.site], |row| row.get(0))?;
        if usize::try_from(count).is_ok_and(|count| count >= SHARES) {
            return Ok(false);
        }
        let Share { id, hash, site, view, query, name, created, expires, used } = share;
        let insert = format!("INSERT INTO shares ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        transaction.execute(&insert, params![id, hash, site, view, query, name, created, expires, used])?;
        transaction.commit()?;
        Ok(true)
    }

    fn shares(&self, site: Option<&str>) -> Result<Vec<Share>, StoreError> {
        let select = format!("SELECT {COLUMNS} FROM shares WHERE ?1 IS NULL OR site = ?1 ORDER BY created, id");
        self.read(|reader| reader.prepare_cached(&select)?.query_map([site], share)?.collect())
    }

    fn share(&self, hash: &TokenHash, time: i64) -> Result<Option<Share>, StoreError> {
        let select = format!("SELECT {COLUMNS} FROM shares WHERE hash = ?1 AND expires > ?2");
        self.read(|reader| reader.prepare_cached(&select)?.query_row(params![hash, time], share).optional())
    }

    fn use_share(&self, id: &str, time: i64) -> Result<(), StoreError> {
        lock(&self.writer).execute("UPDATE shares SET used = ?2 WHERE id = ?1", params![id, time])?;
        Ok(())
    }

    fn revoke_share(&self, id: &str) -> Result<bool, StoreError> {
        Ok(lock(&self.writer).execute("DELETE FROM shares WHERE id = ?1", [id])? > 0)
    }
}

fn share(row: &Row<'_>) -> rusqlite::Result<Share> {
    Ok(Share {
        id: row.get(0)?,
        hash: row.get(1)?,
        site: row.get(2)?,
        view: row.get(3)?,
        query: row.get(4)?,
        name: row.get(5)?,
        created: row.get(6)?,
        expires: row.get(7)?,
        used: row.get(8)?,
    })
}
