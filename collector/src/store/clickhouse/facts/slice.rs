//! The rows of a slice of a scan, by columns, in the order of time. ClickHouse sends them as they lie in its files: it
//! would take ten times as long to sort rows with many texts.

use super::selected::{IDS, Selected};
use super::texts::{Codes, Numbers, Read};
use crate::store::clickhouse::erased::Erased;
use crate::store::{Fact, TextId, Texts};
use clickhouse::error::{Error, Result};
use clickhouse::native::decode::Decode;
use clickhouse::native::{Block, Column};
use std::convert::Infallible;
use uuid::Uuid;

const TEXTS: usize = Texts::<()>::NAMES.len();

/// Rows of a scan. A column that is not read is empty.
#[derive(Default)]
pub(super) struct Slice {
    times: Vec<i64>,
    received: Vec<i64>,
    seq: Vec<i64>,
    /// The order of rows that are the same in all of these.
    ties: Vec<u32>,
    ids: Vec<Uuid>,
    identified: Vec<bool>,
    bots: Vec<bool>,
    mobile: Vec<Option<bool>>,
    started_by: Vec<Option<i64>>,
    data: Vec<String>,
    read: [Vec<Option<Read>>; TEXTS],
    /// The rows that were not erased.
    order: Vec<u32>,
    /// The texts of these, in their order.
    texts: [Vec<Option<TextId>>; TEXTS],
    /// The position of the first of them.
    pub(super) first: i64,
}

impl Slice {
    /// Adds the rows of a block. Those that were erased are not among the rows of the slice.
    pub(super) fn add(
        &mut self,
        block: &Block,
        selected: &Selected,
        numbers: &mut Numbers,
        erased: &mut Erased<'_>,
    ) -> Result<()> {
        let before = self.times.len();
        extend(&mut self.times, column(block, "row_time")?)?;
        extend(&mut self.received, column(block, "row_received")?)?;
        extend(&mut self.seq, column(block, "row_seq")?)?;
        extend(&mut self.ties, column(block, "row_tie")?)?;
        extend(&mut self.identified, column(block, "row_identified")?)?;
        extend(&mut self.bots, column(block, "row_bot")?)?;
        if selected.reads.position {
            extend(&mut self.ids, column(block, "row_id")?)?;
        }
        if selected.reads.mobile {
            extend(&mut self.mobile, column(block, "row_mobile")?)?;
        }
        if selected.reads.started_by {
            extend(&mut self.started_by, column(block, "row_started_by")?)?;
        }
        if selected.reads.data {
            extend(&mut self.data, column(block, "row_data")?)?;
        }
        for (place, name) in selected.texts() {
            let mut codes = Codes::default();
            if let Some(texts) = self.read.get_mut(place) {
                for text in column(block, &format!("text_{name}"))?.iter::<Option<&str>>()? {
                    texts.push(text?.and_then(|text| codes.read(text, numbers)));
                }
            }
        }
        let rows = before..self.times.len();
        let narrow = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        if !selected.has_ids {
            self.order.extend(rows.map(narrow));
            return Ok(());
        }
        let [anonymous, known, linked] = IDS.map(|id| column(block, &format!("id_{id}")));
        let (anonymous, known, linked) = (anonymous?.iter()?, known?.iter()?, linked?.iter()?);
        for (((row, anonymous), known), linked) in rows.zip(anonymous).zip(known).zip(linked) {
            let received = self.received.get(row).copied().unwrap_or_default();
            if !erased.has(anonymous?, known?, linked?, received) {
                self.order.push(narrow(row));
            }
        }
        Ok(())
    }

    /// Sorts the rows by time, and gives their texts numbers in this order. Rows of one tab at one time are in the
    /// order of their numbers.
    pub(super) fn sort(&mut self, numbers: &mut Numbers) {
        let Slice { times, received, seq, ties, order, read, texts, .. } = self;
        order.sort_unstable_by(|first, second| {
            let (first, second) = (*first as usize, *second as usize);
            let by = |numbers: &[i64]| numbers.get(first).cmp(&numbers.get(second));
            by(times)
                .then_with(|| by(received))
                .then_with(|| by(seq))
                .then_with(|| ties.get(first).cmp(&ties.get(second)))
        });
        for (read, texts) in read.iter_mut().zip(texts) {
            // A column that is not read has no rows.
            let column = std::mem::take(read);
            let rows = if column.is_empty() { &[] } else { order.as_slice() };
            let text = |row: &u32| column.get(*row as usize).copied().flatten();
            texts.extend(rows.iter().map(|row| text(row).and_then(|text| numbers.visit(text))));
        }
    }

    /// The rows in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.order.iter().map(|row| *row as usize)
    }

    /// The event of a row.
    pub(super) fn id(&self, row: usize) -> Uuid {
        self.ids.get(row).copied().unwrap_or_default()
    }

    /// The data of a row, if it is read and there is any.
    pub(super) fn data(&self, row: usize) -> Option<&str> {
        self.data.get(row).map(String::as_str).filter(|data| !data.is_empty())
    }

    /// Writes a row, of which the first is its place in the order, into a fact of the same scan.
    pub(super) fn read(&self, (nth, row): (usize, usize), fact: &mut Fact<TextId>) {
        let number = |numbers: &[i64]| numbers.get(row).copied().unwrap_or_default();
        fact.time = number(&self.times);
        fact.received = number(&self.received);
        fact.seq = number(&self.seq);
        fact.identified = self.identified.get(row).copied().unwrap_or_default();
        fact.bot = self.bots.get(row).copied().unwrap_or_default();
        fact.mobile = self.mobile.get(row).copied().flatten();
        fact.started_by = self.started_by.get(row).copied().flatten();
        for (place, texts) in self.texts.iter().enumerate() {
            if let Some(text) = texts.get(nth) {
                fact.texts.set(place, *text);
            }
        }
    }
}

/// A fact of an environment without anything.
pub(super) fn nothing(env: u32) -> Fact<TextId> {
    let Ok(texts) = Texts::read(|_| Ok::<_, Infallible>(None));
    Fact {
        position: 0,
        time: 0,
        received: 0,
        env,
        seq: 0,
        identified: false,
        bot: false,
        mobile: None,
        started_by: None,
        texts,
    }
}

fn column<'b>(block: &'b Block, name: &str) -> Result<&'b Column> {
    block.column_by_name(name).ok_or_else(|| Error::SchemaMismatch(format!("ClickHouse sent no column {name}")))
}

fn extend<'b, T: Decode<'b> + 'b>(to: &mut Vec<T>, column: &'b Column) -> Result<()> {
    for value in column.iter()? {
        to.push(value?);
    }
    Ok(())
}
