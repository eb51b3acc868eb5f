//! Keeps notices of erasures until each sink has them.

use super::{Sqlite, lock};
use crate::store::{ErasureNotice, ErasureScope, ErasureSource, FollowErasures, StoreError, UserHash};
use rusqlite::types::Type;
use rusqlite::{Row, Transaction, params};

impl FollowErasures for Sqlite {
    fn keep_notices(&self, name: &str) -> Result<(), StoreError> {
        lock(&self.writer).execute("INSERT INTO sinks VALUES (?1) ON CONFLICT DO NOTHING", [name])?;
        Ok(())
    }

    fn notices(&self, name: &str, limit: usize) -> Result<Vec<ErasureNotice>, StoreError> {
        const NEXT: &str = "SELECT n, site, user, scope, time, asked FROM notices WHERE sink = ?1 ORDER BY n LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|reader| reader.prepare_cached(NEXT)?.query_map(params![name, limit], notice)?.collect())
    }

    fn remove_notices(&self, name: &str, last: i64) -> Result<(), StoreError> {
        const REMOVE: &str = "DELETE FROM notices WHERE sink = ?1 AND n <= ?2";
        lock(&self.writer).prepare_cached(REMOVE)?.execute(params![name, last])?;
        Ok(())
    }

    fn count_notices(&self, name: &str) -> Result<u64, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM notices WHERE sink = ?1";
        let count: i64 = self.read(|reader| reader.prepare_cached(COUNT)?.query_row([name], |row| row.get(0)))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

/// Adds a notice for each sink. A later one about the same user replaces the earlier one: it says more. Returns the
/// number of sinks.
pub(super) fn add(
    transaction: &Transaction<'_>,
    site: Option<&str>,
    id: &str,
    scope: ErasureScope,
    source: ErasureSource,
    time: i64,
) -> rusqlite::Result<usize> {
    const ADD: &str = "
        INSERT OR REPLACE INTO notices (sink, site, user, scope, time, asked) SELECT name, ?1, ?2, ?3, ?4, ?5 FROM sinks";
    let UserHash(hash) = UserHash::of(id);
    transaction.prepare_cached(ADD)?.execute(params![site, hash, scope.name(), time, source.name()])
}

fn notice(row: &Row<'_>) -> rusqlite::Result<ErasureNotice> {
    let unknown = |column| rusqlite::Error::InvalidColumnType(column, "a name".to_owned(), Type::Text);
    Ok(ErasureNotice {
        number: row.get(0)?,
        site: row.get(1)?,
        user: UserHash(row.get(2)?),
        scope: ErasureScope::named(row.get_ref(3)?.as_str()?).ok_or_else(|| unknown(3))?,
        time: row.get(4)?,
        source: ErasureSource::named(row.get_ref(5)?.as_str()?).ok_or_else(|| unknown(5))?,
    })
}
