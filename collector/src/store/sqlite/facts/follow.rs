//! Makes facts of committed events, behind a cursor. Events are read and understood before the writer is locked.

use super::groups::Groups;
use super::texts::Dictionary;
use crate::store::facts::{Fact, row::Texts};
use crate::store::sqlite::{Sqlite, lock};
use crate::store::{BatchLimit, FollowCommits, KeepFacts, Packing, StoreError, TextId};
use rusqlite::{OptionalExtension, ToSql, Transaction, TransactionBehavior, params, params_from_iter};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The name of the facts' cursor.
pub(in crate::store::sqlite) const FOLLOWER: &str = "facts";

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let texts = Texts::<()>::NAMES;
    let marks = vec!["?"; 10 + texts.len()].join(", ");
    format!(
        "INSERT OR REPLACE INTO facts (site, time, n, env, bot, identified, seq, started_by, mobile, received, {})
         VALUES ({marks})",
        texts.join(", ")
    )
});

impl KeepFacts for Sqlite {
    fn follow(&self, limit: BatchLimit) -> Result<usize, StoreError> {
        let after = self.cursor(FOLLOWER)?;
        let events = self.committed(after, limit)?;
        let Some(last) = events.last().map(|event| event.position) else { return Ok(0) };
        let facts: Vec<(String, Fact<String>)> =
            events.iter().map(|event| (event.event.site.clone(), Fact::of(event))).collect();
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have made them, or begun anew.
        if position(&transaction)? != after.0 {
            return Ok(events.len());
        }
        let there = still_there(&transaction, after.0, last.0)?;
        let (mut dictionary, mut groups) = (Dictionary::default(), Groups::default());
        for (site, fact) in &facts {
            if there.contains(&fact.position) {
                let site = dictionary.add(&transaction, site)?;
                let fact = dictionary.encode(&transaction, fact)?;
                insert(&transaction, site, &fact)?;
                groups.add(&transaction, (site, fact.env), fact.time)?;
            }
        }
        dictionary.finish(&transaction)?;
        groups.finish(&transaction)?;
        move_cursor(&transaction, last.0)?;
        transaction.commit()?;
        Ok(events.len())
    }

    fn pack(&self, packing: Packing) -> Result<bool, StoreError> {
        self.pack_next(packing)
    }

    fn drop_facts(&self) -> Result<(), StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        const DROP: &str = "DELETE FROM facts; DELETE FROM texts; DELETE FROM row_groups; DELETE FROM group_columns;";
        transaction.execute_batch(DROP)?;
        transaction.execute("DELETE FROM cursors WHERE name = ?1", [FOLLOWER])?;
        Ok(transaction.commit()?)
    }
}

fn position(transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
    let mut position = transaction.prepare_cached("SELECT position FROM cursors WHERE name = ?1")?;
    Ok(position.query_row([FOLLOWER], |row| row.get(0)).optional()?.unwrap_or_default())
}

fn move_cursor(transaction: &Transaction<'_>, to: i64) -> rusqlite::Result<()> {
    const MOVE: &str = "INSERT INTO cursors VALUES (?1, ?2) ON CONFLICT DO UPDATE SET position = excluded.position";
    transaction.prepare_cached(MOVE)?.execute(params![FOLLOWER, to]).map(drop)
}

/// What was erased since the events were read has no fact.
fn still_there(transaction: &Transaction<'_>, after: i64, last: i64) -> rusqlite::Result<HashSet<i64>> {
    let mut there = transaction.prepare_cached("SELECT n FROM events WHERE n > ?1 AND n <= ?2")?;
    there.query_map([after, last], |row| row.get(0))?.collect()
}

fn insert(transaction: &Transaction<'_>, site: TextId, fact: &Fact<TextId>) -> rusqlite::Result<()> {
    let Fact { position, time, received, env, seq, identified, bot, mobile, started_by, texts } = fact;
    let numbers: [&dyn ToSql; 10] =
        [&site.number(), time, position, env, bot, identified, seq, started_by, mobile, received];
    let texts = texts.all().map(|text| text.map(|text| text.number()));
    let texts = texts.iter().map(|text| text as &dyn ToSql);
    transaction.prepare_cached(&INSERT)?.execute(params_from_iter(numbers.into_iter().chain(texts))).map(drop)
}
