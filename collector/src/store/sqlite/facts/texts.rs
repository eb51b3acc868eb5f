//! The dictionary: each text once, with the number of its uses.

use crate::store::TextId;
use crate::store::facts::Fact;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashMap;

/// The texts that a transaction uses.
#[derive(Default)]
pub(super) struct Dictionary {
    known: HashMap<String, TextId>,
    /// How often each is used more, or less, than before.
    uses: HashMap<TextId, i64>,
}

impl Dictionary {
    /// The fact with IDs in place of its texts, which get one more use each.
    pub(super) fn encode(
        &mut self,
        transaction: &Transaction<'_>,
        fact: &Fact<String>,
    ) -> rusqlite::Result<Fact<TextId>> {
        fact.try_map(|text| self.add(transaction, text))
    }

    /// The ID of a text that gets one more use.
    pub(super) fn add(&mut self, transaction: &Transaction<'_>, text: &str) -> rusqlite::Result<TextId> {
        let id = match self.known.get(text) {
            Some(id) => *id,
            None => {
                let id = id(transaction, text)?;
                self.known.insert(text.to_owned(), id);
                id
            }
        };
        *self.uses.entry(id).or_default() += 1;
        Ok(id)
    }

    /// A text loses one use.
    pub(super) fn remove(&mut self, id: TextId) {
        *self.uses.entry(id).or_default() -= 1;
    }

    /// Writes the numbers of uses, and removes the texts that have none left.
    pub(super) fn finish(self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        const COUNT: &str = "UPDATE texts SET uses = uses + ?2 WHERE id = ?1 RETURNING uses";
        const REMOVE: &str = "DELETE FROM texts WHERE id = ?1";
        let mut uses: Vec<_> = self.uses.into_iter().filter(|(_, more)| *more != 0).collect();
        // In the order of the table.
        uses.sort_unstable();
        let mut count = transaction.prepare_cached(COUNT)?;
        let mut remove = transaction.prepare_cached(REMOVE)?;
        for (id, more) in uses {
            let left: Option<i64> = count.query_row(params![id.number(), more], |row| row.get(0)).optional()?;
            if left.is_none_or(|left| left <= 0) {
                remove.execute([id.number()])?;
            }
        }
        Ok(())
    }
}

fn id(transaction: &Transaction<'_>, text: &str) -> rusqlite::Result<TextId> {
    const FIND: &str = "SELECT id FROM texts WHERE text = ?1";
    const ADD: &str = "INSERT INTO texts (text, uses) VALUES (?1, 0)";
    let found = transaction.prepare_cached(FIND)?.query_row([text], |row| row.get(0)).optional()?;
    let number = match found {
        Some(number) => number,
        None => transaction.prepare_cached(ADD)?.insert([text])?,
    };
    TextId::of(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, number))
}
