//! The rows of a slice of a scan, by columns, in the order of time. ClickHouse sends them as they lie in its files: it
//! would take ten times as long to sort rows with many texts.

use super::native::{Answer, Block};
use super::selected::{IDS, Selected};
use super::texts::{Numbers, Read};
use crate::store::Texts;
use crate::store::clickhouse::erased::Erased;
use crate::store::facts::row_group::{Coder, RowGroup};
use clickhouse::error::Result;
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
    identified: Vec<u8>,
    bots: Vec<u8>,
    mobile: Vec<Option<bool>>,
    started_by: Vec<Option<i64>>,
    data: Vec<String>,
    texts: [Vec<Option<Read>>; TEXTS],
    /// The rows that were not erased, by time.
    order: Vec<u32>,
}

impl Slice {
    /// Takes the rows of an answer in place of those before, whose memory is used again.
    pub(super) fn read(
        &mut self,
        answer: &[u8],
        selected: &Selected,
        numbers: &mut Numbers,
        erased: &mut Erased<'_>,
    ) -> Result<()> {
        self.clear();
        let mut answer = Answer::of(answer);
        while let Some(block) = answer.block()? {
            self.add(block, selected, numbers, erased)?;
        }
        self.sort();
        Ok(())
    }

    fn clear(&mut self) {
        let Slice { times, received, seq, ties, ids, identified, bots, mobile, started_by, data, texts, order } = self;
        for numbers in [times, received, seq] {
            numbers.clear();
        }
        ties.clear();
        ids.clear();
        identified.clear();
        bots.clear();
        mobile.clear();
        started_by.clear();
        data.clear();
        texts.iter_mut().for_each(Vec::clear);
        order.clear();
    }

    /// Adds the rows of a block, whose columns come as [`Selected`] lists them.
    fn add(
        &mut self,
        mut block: Block<'_, '_>,
        selected: &Selected,
        numbers: &mut Numbers,
        erased: &mut Erased<'_>,
    ) -> Result<()> {
        let before = self.times.len();
        self.times.extend(block.i64s("row_time")?);
        self.received.extend(block.i64s("row_received")?);
        self.seq.extend(block.i64s("row_seq")?);
        self.ties.extend(block.u32s("row_tie")?);
        self.identified.extend(block.bools("row_identified")?);
        self.bots.extend(block.bools("row_bot")?);
        if selected.reads.position {
            self.ids.extend(block.uuids("row_id")?);
        }
        if selected.reads.mobile {
            self.mobile.extend(block.optional_bools("row_mobile")?);
        }
        if selected.reads.started_by {
            self.started_by.extend(block.optional_i64s("row_started_by")?);
        }
        if selected.reads.data {
            self.data.extend(block.strings("row_data")?.into_iter().map(str::to_owned));
        }
        for (place, name) in selected.texts() {
            let texts = block.texts(&format!("text_{name}"))?;
            let read: Vec<_> = texts.dictionary.iter().map(|text| text.and_then(|text| numbers.read(text))).collect();
            if let Some(column) = self.texts.get_mut(place) {
                texts.add_to(column, &read);
            }
        }
        // Until when the events of a row's users are erased.
        let mut erased_until = vec![None; if selected.has_ids { block.rows() } else { 0 }];
        if selected.has_ids {
            for (name, is_anonymous) in IDS {
                let ids = block.texts(&format!("id_{name}"))?;
                let until: Vec<_> =
                    ids.dictionary.iter().map(|id| id.and_then(|id| erased.until(id, is_anonymous))).collect();
                let mut of_rows = Vec::new();
                ids.add_to(&mut of_rows, &until);
                erased_until.iter_mut().zip(of_rows).for_each(|(until, of_row)| *until = of_row.max(*until));
            }
        }
        for (nth, row) in (before..self.times.len()).enumerate() {
            let is_erased = erased_until.get(nth).copied().flatten().is_some_and(|until| self.received[row] <= until);
            if !is_erased {
                self.order.push(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        Ok(())
    }

    /// Sorts the rows by time. Those of one tab at one time are in the order of their numbers.
    fn sort(&mut self) {
        let Slice { times, received, seq, ties, order, .. } = self;
        let mut rows: Vec<_> = order.iter().map(|row| (times[*row as usize], *row)).collect();
        let rest = |row: u32| {
            let row = row as usize;
            (received[row], seq[row], ties[row])
        };
        // Rows of a day and a type are in the order of time already, which a stable sort makes use of.
        rows.sort_by(|(time, row), (other_time, other)| {
            time.cmp(other_time).then_with(|| rest(*row).cmp(&rest(*other)))
        });
        *order = rows.into_iter().map(|(_, row)| row).collect();
    }

    /// The rows in their order.
    pub(super) fn rows(&self) -> &[u32] {
        &self.order
    }

    /// The event of a row.
    pub(super) fn id(&self, row: u32) -> Uuid {
        self.ids.get(row as usize).copied().unwrap_or_default()
    }

    /// The data of a row, if it is read and there is any.
    pub(super) fn data(&self, row: u32) -> Option<&str> {
        self.data.get(row as usize).map(String::as_str).filter(|data| !data.is_empty())
    }

    /// Fills a group with some of the rows. The texts get their numbers in their order.
    pub(super) fn fill(&self, group: &mut RowGroup, rows: &[u32], coder: &mut Coder, numbers: &mut Numbers) {
        group.fill(rows.len());
        fill(&mut group.times, &self.times, rows);
        fill(&mut group.received, &self.received, rows);
        fill(&mut group.seq, &self.seq, rows);
        for (column, values) in [(&mut group.identified, &self.identified), (&mut group.bot, &self.bots)] {
            coder.fill(column, rows.iter().map(|row| u32::from(values[*row as usize])), |is| Some(i64::from(is)));
        }
        if !self.mobile.is_empty() {
            let mobile = rows.iter().map(|row| self.mobile[*row as usize].map_or(2, u32::from));
            coder.fill(&mut group.mobile, mobile, |mobile| (mobile < 2).then_some(i64::from(mobile)));
        }
        if !self.started_by.is_empty() {
            group.started_by.fill(rows.iter().map(|row| self.started_by[*row as usize]));
        }
        for (column, texts) in group.texts.iter_mut().zip(&self.texts) {
            if !texts.is_empty() {
                let of_rows = rows.iter().map(|row| Read::number(texts[*row as usize]));
                coder.fill(column, of_rows, |text| numbers.visit(text));
            }
        }
    }
}

/// Fills a column of a group.
fn fill<T: Copy>(column: &mut Vec<T>, values: &[T], rows: &[u32]) {
    column.clear();
    column.extend(rows.iter().map(|row| values[*row as usize]));
}
