//! Which stretch of time of a site's environment a fact is in. Each change of a packed stretch unpacks it, in the commit
//! of the change: what is packed is always what a read of the facts would give.

use crate::store::TextId;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;

/// A site's environment.
pub(super) type Place = (TextId, u32);

/// The changes of a transaction.
#[derive(Default)]
pub(super) struct Groups {
    last: Option<(Place, Stretch)>,
    /// By group, how many facts more, or less, it has.
    changed: BTreeMap<i64, i64>,
}

#[derive(Clone, Copy)]
struct Stretch {
    id: i64,
    start: i64,
    until: i64,
}

impl Groups {
    /// A fact is added.
    pub(super) fn add(&mut self, transaction: &Transaction<'_>, place: Place, time: i64) -> rusqlite::Result<()> {
        let id = self.at(transaction, place, time)?;
        *self.changed.entry(id).or_default() += 1;
        Ok(())
    }

    /// A fact is removed.
    pub(super) fn remove(&mut self, transaction: &Transaction<'_>, place: Place, time: i64) -> rusqlite::Result<()> {
        let id = self.at(transaction, place, time)?;
        *self.changed.entry(id).or_default() -= 1;
        Ok(())
    }

    /// Writes the numbers of facts, and unpacks what has changed.
    pub(super) fn finish(self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        const COUNT: &str = "
            UPDATE row_groups SET facts = facts + ?2, changes = changes + 1, packed = 0 WHERE id = ?1";
        const UNPACK: &str = "DELETE FROM group_columns WHERE row_group = ?1";
        let mut count = transaction.prepare_cached(COUNT)?;
        let mut unpack = transaction.prepare_cached(UNPACK)?;
        for (id, more) in self.changed {
            count.execute([id, more])?;
            unpack.execute([id])?;
        }
        Ok(())
    }

    fn at(&mut self, transaction: &Transaction<'_>, place: Place, time: i64) -> rusqlite::Result<i64> {
        if let Some((of, stretch)) = self.last
            && of == place
            && (stretch.start..stretch.until).contains(&time)
        {
            return Ok(stretch.id);
        }
        let stretch = match find(transaction, place, time)? {
            Some(stretch) => stretch,
            None => first(transaction, place)?,
        };
        self.last = Some((place, stretch));
        Ok(stretch.id)
    }
}

fn find(transaction: &Transaction<'_>, (site, env): Place, time: i64) -> rusqlite::Result<Option<Stretch>> {
    const FIND: &str = "
        SELECT id, start, until FROM row_groups WHERE site = ?1 AND env = ?2 AND start <= ?3
        ORDER BY start DESC LIMIT 1";
    let stretch = |row: &Row<'_>| Ok(Stretch { id: row.get(0)?, start: row.get(1)?, until: row.get(2)? });
    transaction.prepare_cached(FIND)?.query_row(params![site.number(), env, time], stretch).optional()
}

/// The first fact of a site's environment: one stretch is all of time.
fn first(transaction: &Transaction<'_>, (site, env): Place) -> rusqlite::Result<Stretch> {
    const FIRST: &str = "
        INSERT INTO row_groups (site, env, start, until, facts, changes, packed) VALUES (?1, ?2, ?3, ?4, 0, 0, 0)";
    let (start, until) = (i64::MIN, i64::MAX);
    let id = transaction.prepare_cached(FIRST)?.insert(params![site.number(), env, start, until])?;
    Ok(Stretch { id, start, until })
}
