//! Facts by columns: up to some thousand consecutive facts of a site's environment. Most columns have few different
//! values, so a column is a dictionary and a code for each row. A question that counts reads codes, and looks at each
//! value once.
//!
//! Sums by day would not do. Users and sessions of two days cannot be added up, as one user may be in both, and sums of
//! UTC hours are of no use to a time zone that is 45 minutes off, to a range that begins within an hour, or to a filter.
//! A group has its rows with their times, so a question gets the same rows from it as from the facts, for every question,
//! and its answer is the same. A group is removed in the commit that adds or removes a fact in its time: there is no
//! moment at which it is stale.

mod bytes;
#[cfg(feature = "clickhouse")]
mod coder;
mod column;

#[cfg(feature = "clickhouse")]
pub(in crate::store) use coder::Coder;
pub use column::Column;

use super::{Fact, Reads, TextId, Texts};
use crate::store::StoreError;
use std::convert::Infallible;
use std::ops::Range;

const TEXTS: usize = Texts::<()>::NAMES.len();

/// Facts by time and position. A column that is not read has no rows.
#[derive(Clone, Debug, Default)]
pub struct RowGroup {
    env: u32,
    /// The rows that a question is about. Others may lie before and behind them.
    range: Range<usize>,
    pub(in crate::store) times: Vec<i64>,
    pub(in crate::store) positions: Vec<i64>,
    pub(in crate::store) seq: Vec<i64>,
    pub(in crate::store) received: Vec<i64>,
    pub(in crate::store) identified: Column<i64>,
    pub(in crate::store) bot: Column<i64>,
    pub(in crate::store) mobile: Column<i64>,
    pub(in crate::store) started_by: Column<i64>,
    pub(in crate::store) texts: [Column<TextId>; TEXTS],
}

/// A column as a store keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Part {
    Times,
    Positions,
    Seq,
    Received,
    Identified,
    Bot,
    Mobile,
    StartedBy,
    /// A text, by its place in [`Texts::NAMES`].
    Text(usize),
}

impl Part {
    const NUMBERS: [Part; 8] = [
        Part::Times,
        Part::Positions,
        Part::Seq,
        Part::Received,
        Part::Identified,
        Part::Bot,
        Part::Mobile,
        Part::StartedBy,
    ];

    /// All columns.
    pub(in crate::store) fn all() -> impl Iterator<Item = Part> {
        Part::NUMBERS.into_iter().chain((0..TEXTS).map(Part::Text))
    }

    /// The column's name in a store.
    pub(in crate::store) fn name(self) -> &'static str {
        match self {
            Part::Times => "time",
            Part::Positions => "n",
            Part::Seq => "seq",
            Part::Received => "received",
            Part::Identified => "identified",
            Part::Bot => "bot",
            Part::Mobile => "mobile",
            Part::StartedBy => "started_by",
            Part::Text(place) => Texts::<()>::NAMES.get(place).copied().unwrap_or_default(),
        }
    }

    /// Whether a question that reads this needs the column.
    pub(in crate::store) fn is_read(self, reads: &Reads) -> bool {
        match self {
            Part::Times | Part::Identified | Part::Bot => true,
            Part::Positions => reads.position,
            Part::Seq => reads.seq,
            Part::Received => reads.received,
            Part::Mobile => reads.mobile,
            Part::StartedBy => reads.started_by,
            Part::Text(place) => reads.texts.all().get(place).is_some_and(Option::is_some),
        }
    }
}

impl RowGroup {
    /// An empty group of an environment.
    pub(in crate::store) fn new(env: u32) -> Self {
        RowGroup { env, ..RowGroup::default() }
    }

    /// The group has so many rows, whose columns are filled by the caller.
    #[cfg(feature = "clickhouse")]
    pub(in crate::store) fn fill(&mut self, rows: usize) {
        self.range = 0..rows;
    }

    /// Adds a fact, of which no later one was added.
    pub(in crate::store) fn push(&mut self, fact: &Fact<TextId>) {
        self.times.push(fact.time);
        self.positions.push(fact.position);
        self.seq.push(fact.seq);
        self.received.push(fact.received);
        self.identified.push(Some(fact.identified.into()));
        self.bot.push(Some(fact.bot.into()));
        self.mobile.push(fact.mobile.map(i64::from));
        self.started_by.push(fact.started_by);
        for (column, text) in self.texts.iter_mut().zip(fact.texts.all()) {
            column.push(text.copied());
        }
        self.range.end += 1;
    }

    /// The number of rows, also of those that the question is not about.
    pub(in crate::store) fn len(&self) -> usize {
        self.times.len()
    }

    /// Only the rows from `from` to before `to`.
    pub(in crate::store) fn keep_between(&mut self, from: i64, to: i64) {
        let before = |end: i64| self.times.partition_point(|time| *time < end);
        self.range = before(from)..before(to);
    }

    /// The rows that the question is about.
    pub fn rows(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The time of a row, epoch ms.
    pub fn time(&self, row: usize) -> i64 {
        self.times.get(row).copied().unwrap_or_default()
    }

    /// Whether the user of a row is identified.
    pub fn is_identified(&self, row: usize) -> bool {
        self.identified.get(row) == Some(1)
    }

    /// Whether rows have identified users, and others.
    pub fn identified(&self) -> Vec<bool> {
        self.identified.values().iter().map(|is| *is == Some(1)).collect()
    }

    /// Whether a row is of a bot.
    pub fn is_bot(&self, row: usize) -> bool {
        self.bot.get(row) == Some(1)
    }

    /// The columns of texts.
    pub fn texts(&self) -> Texts<&Column<TextId>> {
        let Ok(texts) = Texts::read(|place| Ok::<_, Infallible>(self.texts.get(place)));
        texts
    }

    /// The fact of a row.
    pub fn fact(&self, row: usize) -> Fact<TextId> {
        let number = |numbers: &Vec<i64>| numbers.get(row).copied().unwrap_or_default();
        let text = |place: usize| Ok::<_, Infallible>(self.texts.get(place).and_then(|column| column.get(row)));
        let Ok(texts) = Texts::read(text);
        Fact {
            position: number(&self.positions),
            time: number(&self.times),
            received: number(&self.received),
            env: self.env,
            seq: number(&self.seq),
            identified: self.is_identified(row),
            bot: self.is_bot(row),
            mobile: self.mobile.get(row).map(|mobile| mobile != 0),
            started_by: self.started_by.get(row),
            texts,
        }
    }

    /// A column as bytes.
    pub(in crate::store) fn bytes(&self, part: Part) -> Vec<u8> {
        match part {
            Part::Times => bytes::of_numbers(&self.times),
            Part::Positions => bytes::of_numbers(&self.positions),
            Part::Seq => bytes::of_numbers(&self.seq),
            Part::Received => bytes::of_numbers(&self.received),
            Part::Identified => bytes::of_column(&self.identified),
            Part::Bot => bytes::of_column(&self.bot),
            Part::Mobile => bytes::of_column(&self.mobile),
            Part::StartedBy => bytes::of_column(&self.started_by),
            Part::Text(place) => self.texts.get(place).map(bytes::of_column).unwrap_or_default(),
        }
    }

    /// Reads a column of `rows` rows.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub(in crate::store) fn read(&mut self, part: Part, rows: usize, from: &[u8]) -> Result<(), StoreError> {
        match part {
            Part::Times => bytes::numbers(from, rows, &mut self.times)?,
            Part::Positions => bytes::numbers(from, rows, &mut self.positions)?,
            Part::Seq => bytes::numbers(from, rows, &mut self.seq)?,
            Part::Received => bytes::numbers(from, rows, &mut self.received)?,
            Part::Identified => bytes::column(from, rows, &mut self.identified)?,
            Part::Bot => bytes::column(from, rows, &mut self.bot)?,
            Part::Mobile => bytes::column(from, rows, &mut self.mobile)?,
            Part::StartedBy => bytes::column(from, rows, &mut self.started_by)?,
            Part::Text(place) => {
                if let Some(column) = self.texts.get_mut(place) {
                    bytes::column(from, rows, column)?;
                }
            }
        }
        self.range = 0..rows;
        Ok(())
    }

    /// Calls `with` for the fact of each row, of these types only if there are any, until it returns `false`. Returns
    /// whether it went to the end.
    pub(in crate::store) fn each(&self, kinds: &[TextId], mut with: impl FnMut(&Fact<TextId>) -> bool) -> bool {
        let column = self.texts().kind;
        let of = column.map(|column| column.values().iter().map(|kind| kind.is_some_and(|kind| kinds.contains(&kind))));
        let is_asked: Vec<bool> = of.into_iter().flatten().collect();
        let is_wanted = |row| {
            kinds.is_empty()
                || column.and_then(|column| column.code(row)).and_then(|code| is_asked.get(code)).is_some_and(|is| *is)
        };
        // Columns that are not read are the same in all rows.
        let read: Vec<_> = self.texts.iter().enumerate().filter(|(_, column)| !column.values().is_empty()).collect();
        let mut fact = self.fact(self.range.start);
        self.rows().filter(|row| is_wanted(*row)).all(|row| {
            fact.time = self.time(row);
            fact.position = self.positions.get(row).copied().unwrap_or_default();
            fact.seq = self.seq.get(row).copied().unwrap_or_default();
            fact.received = self.received.get(row).copied().unwrap_or_default();
            fact.identified = self.is_identified(row);
            fact.bot = self.is_bot(row);
            fact.mobile = self.mobile.get(row).map(|mobile| mobile != 0);
            fact.started_by = self.started_by.get(row);
            for (place, column) in &read {
                fact.texts.set(*place, column.get(row));
            }
            with(&fact)
        })
    }
}
