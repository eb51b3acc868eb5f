//! Counts by steps of time. A step without any event of the site has no data, which is another thing than 0.

use super::calendar::{Bucket, Zone};
use super::error::InsightError;
use super::report::{Cell, Table};
use crate::store::Selection;
use std::cell::Cell as Remembered;

/// Counts of several things by steps of time.
pub(super) struct Trend {
    starts: Vec<i64>,
    end: i64,
    /// The step of the last time: rows come by time, so that the next has most often the same.
    last: Remembered<usize>,
    /// Whether anything was collected in a step.
    seen: Vec<bool>,
    counts: Vec<Vec<usize>>,
}

impl Trend {
    pub(super) fn new(selection: &Selection, zone: &Zone, bucket: Bucket, series: usize) -> Result<Self, InsightError> {
        let starts = zone.buckets(bucket, selection.from, selection.to)?;
        let (seen, counts) = (vec![false; starts.len()], vec![vec![0; starts.len()]; series]);
        Ok(Trend { starts, end: selection.to, last: Remembered::new(0), seen, counts })
    }

    /// The step of a time in the range.
    pub(super) fn place(&self, time: i64) -> Option<usize> {
        let last = self.last.get();
        let is_after = |place: usize| self.starts.get(place).is_none_or(|start| time < *start);
        if !is_after(last) && is_after(last + 1) {
            return (time < self.end).then_some(last);
        }
        let place = self.starts.partition_point(|start| *start <= time).checked_sub(1)?;
        self.last.set(place);
        (time < self.end).then_some(place)
    }

    /// Something was collected at this time.
    pub(super) fn see(&mut self, time: i64) {
        self.see_at(self.place(time));
    }

    /// Something was collected in this step.
    pub(super) fn see_at(&mut self, place: Option<usize>) {
        if let Some(seen) = place.and_then(|place| self.seen.get_mut(place)) {
            *seen = true;
        }
    }

    pub(super) fn count(&mut self, series: usize, time: i64) {
        self.count_at(series, self.place(time));
    }

    pub(super) fn count_at(&mut self, series: usize, place: Option<usize>) {
        if let Some(count) = self.counts.get_mut(series).zip(place).and_then(|(counts, place)| counts.get_mut(place)) {
            *count += 1;
        }
    }

    /// A table with a row for each step, which has its time and the counts.
    pub(super) fn table(&self, name: &'static str, columns: &[&'static str]) -> Table {
        let mut table = Table::new(name, &[&["time"], columns].concat());
        for (place, (start, seen)) in self.starts.iter().zip(&self.seen).enumerate() {
            let counts = self.counts.iter().map(|counts| match counts.get(place) {
                Some(count) if *seen || *count > 0 => Cell::from(*count),
                _ => Cell::None,
            });
            table.add([Cell::Whole(*start)].into_iter().chain(counts).collect());
        }
        table
    }
}
