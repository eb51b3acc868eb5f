//! Removes the facts of erased events, and the texts that only they had.

use super::groups::Groups;
use super::texts::Dictionary;
use crate::store::TextId;
use crate::store::facts::row::Texts;
use rusqlite::{OptionalExtension, Row, Transaction};
use std::sync::LazyLock;

static FIND: LazyLock<String> = LazyLock::new(|| {
    format!("DELETE FROM facts WHERE n = ?1 RETURNING env, time, site, {}", Texts::<()>::NAMES.join(", "))
});

/// Removes the facts of the events with these numbers, those that have one.
pub(in crate::store::sqlite) fn remove<'a>(
    transaction: &Transaction<'_>,
    numbers: impl IntoIterator<Item = &'a i64>,
) -> rusqlite::Result<()> {
    let (mut dictionary, mut groups) = (Dictionary::default(), Groups::default());
    let mut find = transaction.prepare_cached(&FIND)?;
    let read = |row: &Row<'_>| {
        let ids = (2..Texts::<()>::NAMES.len() + 3).map(|place| row.get::<_, Option<i64>>(place));
        Ok((row.get(0)?, row.get(1)?, ids.collect::<Result<Vec<_>, _>>()?))
    };
    for n in numbers {
        let Some((env, time, ids)) = find.query_row([n], read).optional()? else { continue };
        let site = ids.first().copied().flatten().and_then(TextId::of);
        if let Some(site) = site {
            groups.remove(transaction, (site, env), time)?;
        }
        ids.into_iter().flatten().filter_map(TextId::of).for_each(|id| dictionary.remove(id));
    }
    groups.finish(transaction)?;
    dictionary.finish(transaction)
}
