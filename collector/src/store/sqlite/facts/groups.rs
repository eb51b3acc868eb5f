//! Which stretch of time of a site's environment a fact is in. Each change of a packed stretch unpacks it, in the commit
//! of the change: what is packed is always what a read of the facts would give. After an erasure its columns are gone too;
//! after an addition they stay until they are packed again, as nobody reads them and each costs a write.

use crate::store::TextId;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;

/// A site's environment.
pub(super) type Place = (TextId, u32);

/// The changes of a transaction.
#[derive(Default)]
pub(super) struct Groups {
    last: Option<(Place, Stretch)>,
    /// By group.
    changed: BTreeMap<i64, Change>,
}

#[derive(Clone, Copy, Default)]
struct Change {
    /// How many facts more, or less, it has.
    more: i64,
    /// Whether any was removed.
    has_removed: bool,
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
        self.changed.entry(id).or_default().more += 1;
        Ok(())
    }

    /// A fact is removed.
    pub(super) fn remove(&mut self, transaction: &Transaction<'_>, place: Place, time: i64) -> rusqlite::Result<()> {
        let id = self.at(transaction, place, time)?;
        let change = self.changed.entry(id).or_default();
        *change = Change { more: change.more - 1, has_removed: true };
        Ok(())
    }

    /// Writes the numbers of facts, and unpacks what has changed.
    pub(super) fn finish(self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        const COUNT: &str = "
            UPDATE row_groups SET facts = facts + ?2, changes = changes + 1, packed = 0 WHERE id = ?1";
        const ERASE: &str = "DELETE FROM group_columns WHERE row_group = ?1";
        let mut count = transaction.prepare_cached(COUNT)?;
        let mut erase = transaction.prepare_cached(ERASE)?;
        for (id, Change { more, has_removed }) in self.changed {
            count.execute([id, more])?;
            if has_removed {
                erase.execute([id])?;
            }
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
