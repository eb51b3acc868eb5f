//! In which weeks users come back: a row for each week in which users were first seen, a column for each later week.

use super::calendar::Bucket;
use super::error::InsightError;
use super::ids::{IdMap, IdPairs};
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::Rows;
use super::statistics::ratio;
use crate::store::{READ, Reads, TextId, Texts};

/// Most weeks after the first.
const WEEKS: [&str; 13] = [
    "week_0", "week_1", "week_2", "week_3", "week_4", "week_5", "week_6", "week_7", "week_8", "week_9", "week_10",
    "week_11", "week_12",
];

/// Answers [`super::View::Retention`].
pub(super) fn retention(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let (from, to) = (rows.selection.from, rows.selection.to);
    let starts = question.zone.buckets(Bucket::Week, from, to)?;
    let week = |time: i64| starts.partition_point(|start| *start <= time).checked_sub(1);
    let mut first = IdMap::<TextId, i64>::default();
    let mut seen = IdPairs::<(TextId, u32)>::default();
    // A user who was here before the range is not new in it.
    let reads = Reads::texts(Texts { user: READ, ..Texts::default() });
    rows.visit(i64::MAX, 0, &Kinds::ALL, None, reads, |row| {
        let Some(person) = row.person.filter(|_| row.lets) else { return Ok(()) };
        if !first.contains_key(&person) {
            rows.keep(18)?;
        }
        first.entry(person).or_insert(row.time);
        if rows.in_range(row.time) && week(row.time).is_some_and(|week| seen.insert((person, week as u32))) {
            rows.keep(12)?;
        }
        Ok(())
    })?;
    let mut size = vec![0_usize; starts.len()];
    let mut back = vec![vec![0_usize; starts.len()]; starts.len()];
    let cohort = |time: i64| if time >= from { week(time) } else { None };
    for time in first.values() {
        if let Some(size) = cohort(*time).and_then(|week| size.get_mut(week)) {
            *size += 1;
        }
    }
    for (person, week) in seen {
        let week = week as usize;
        let Some(first) = first.get(&person).and_then(|time| cohort(*time)) else { continue };
        if let Some(count) = back.get_mut(first).and_then(|weeks| weeks.get_mut(week.saturating_sub(first))) {
            *count += 1;
        }
    }
    let mut report = Report::default();
    let new: usize = size.iter().sum();
    report.number("new_users", new);
    let later = back.iter().map(|weeks| weeks.get(1).copied().unwrap_or_default()).sum();
    // The users of the last week have had no week to come back in.
    let could: usize = size.iter().rev().skip(1).sum();
    report.number("back_after_a_week", ratio(later, could));
    let mut columns = vec!["week", "new_users"];
    columns.extend(WEEKS.iter().take(starts.len()));
    let mut table = Table::new("cohorts", &columns);
    for (place, start) in starts.iter().enumerate() {
        let users = size.get(place).copied().unwrap_or_default();
        let mut row = vec![Cell::Whole(*start), users.into()];
        let weeks = back.get(place).into_iter().flatten().take(WEEKS.len());
        // What lies after the range is not known.
        let known = starts.len() - place;
        row.extend(weeks.enumerate().map(|(week, count)| if week < known { ratio(*count, users) } else { Cell::None }));
        table.add(row);
    }
    report.tables.push(table);
    Ok(report)
}
