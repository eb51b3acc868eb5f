//! Removes the facts of erased events, and the texts that only they had.

use super::texts::Dictionary;
use crate::store::TextId;
use crate::store::facts::row::Texts;
use rusqlite::{OptionalExtension, Row, Transaction};
use std::sync::LazyLock;

static FIND: LazyLock<String> =
    LazyLock::new(|| format!("DELETE FROM facts WHERE n = ?1 RETURNING site, {}", Texts::<()>::NAMES.join(", ")));

/// Removes the facts of the events with these numbers, those that have one.
pub(in crate::store::sqlite) fn remove<'a>(
    transaction: &Transaction<'_>,
    numbers: impl IntoIterator<Item = &'a i64>,
) -> rusqlite::Result<()> {
    let mut dictionary = Dictionary::default();
    let mut find = transaction.prepare_cached(&FIND)?;
    let ids = |row: &Row<'_>| (0..=Texts::<()>::NAMES.len()).map(|place| row.get(place)).collect();
    for n in numbers {
        let removed: Option<Vec<Option<i64>>> = find.query_row([n], ids).optional()?;
        let texts = removed.into_iter().flatten().flatten().filter_map(TextId::of);
        texts.for_each(|id| dictionary.remove(id));
    }
    dictionary.finish(transaction)
}
