//! A group of a question's rows by columns. What is asked of each of many equal values, such as which person is behind a
//! user's ID, is asked once a group.

use super::error::InsightError;
use super::rows::Rows;
use crate::store::{Codes, Reads, RowGroup, TextId, Texts};
use std::ops::ControlFlow;

/// Rows of a question, without those of bots.
pub(super) struct Group<'g> {
    columns: &'g RowGroup,
    /// The person of each of the users' codes, for rows of identified users and for others.
    people: Vec<[Option<TextId>; 2]>,
    rows: Vec<GroupRow>,
}

/// A row of a group.
#[derive(Clone, Copy)]
pub(super) struct GroupRow {
    /// Its place in the columns.
    pub(super) at: usize,
    pub(super) time: i64,
    /// Whether the filters let it through.
    pub(super) lets: bool,
}

/// Visits the rows of a question's range, and of this much time before and after it, in groups by time.
pub(super) fn visit(
    rows: &Rows<'_>,
    (before, after): (i64, i64),
    reads: Reads,
    mut with: impl FnMut(&Group<'_>) -> Result<(), InsightError>,
) -> Result<(), InsightError> {
    let Some(scan) = rows.scan(before, after, reads) else { return Ok(()) };
    let mut result = Ok(());
    rows.facts.scan_groups(&scan, &mut |columns| {
        result =
            if rows.is_late() { Err(rows.too_slow()) } else { Group::of(rows, columns).and_then(|group| with(&group)) };
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result
}

impl<'g> Group<'g> {
    pub(super) fn of(rows: &Rows<'_>, columns: &'g RowGroup) -> Result<Self, InsightError> {
        let users = columns.texts().user.map(Codes::values).unwrap_or_default();
        let person = |user: &Option<TextId>, is_identified| user.map(|user| rows.person(user, is_identified));
        let people = users.iter().map(|user| [person(user, false), person(user, true)]).collect();
        let (is_filtered, mut of) = (rows.is_filtered(), Vec::with_capacity(columns.rows().len()));
        for at in columns.rows() {
            let time = columns.time(at);
            if !rows.leaves_out(columns.is_bot(at), time) {
                let lets = !is_filtered || rows.row(&columns.fact(at))?.lets;
                of.push(GroupRow { at, time, lets });
            }
        }
        Ok(Group { columns, people, rows: of })
    }

    pub(super) fn columns(&self) -> &'g RowGroup {
        self.columns
    }

    pub(super) fn texts(&self) -> Texts<&'g Codes<TextId>> {
        self.columns.texts()
    }

    pub(super) fn rows(&self) -> &[GroupRow] {
        &self.rows
    }

    /// How many codes of people there are at most.
    pub(super) fn people(&self) -> usize {
        2 * self.people.len()
    }

    /// The person of a row, with a code that it has in this group.
    pub(super) fn person(&self, at: usize) -> Option<(usize, TextId)> {
        let (user, is_identified) = (self.texts().user?.code(at)?, usize::from(self.columns.is_identified(at)));
        let person = self.people.get(user).and_then(|people| people.get(is_identified).copied().flatten())?;
        Some((2 * user + is_identified, person))
    }
}
