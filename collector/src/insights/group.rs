//! A group of a question's rows by columns. What is asked of each of many equal values, such as which person is behind a
//! user's ID, is asked once a group.

use super::error::InsightError;
use super::rows::Rows;
use crate::store::{Codes, Reads, RowGroup, TextId, Texts};
use std::ops::ControlFlow;

/// Rows of a question, without those of bots.
pub(super) struct Group<'g> {
    columns: &'g RowGroup,
    users: Option<&'g Codes<TextId>>,
    /// The person of each of the users' codes, for rows of identified users and for others.
    people: Vec<[Option<TextId>; 2]>,
    rows: Vec<GroupRow>,
}

/// A row of a group.
#[derive(Clone, Copy)]
pub(super) struct GroupRow {
    /// Its place in the columns. There are many rows, and a group must fit in the processor's cache.
    pub(super) at: u32,
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
        let users = columns.texts().user;
        let has = columns.identified();
        let person = |user: &Option<TextId>, is_identified: bool| {
            user.filter(|_| has.contains(&is_identified)).map(|user| rows.person(user, is_identified))
        };
        let people = users
            .map(Codes::values)
            .unwrap_or_default()
            .iter()
            .map(|user| [person(user, false), person(user, true)])
            .collect();
        let (is_filtered, mut of) = (rows.is_filtered(), Vec::with_capacity(columns.rows().len()));
        for at in columns.rows() {
            if !rows.leaves_out(columns.is_bot(at), columns.time(at)) {
                let lets = !is_filtered || rows.row(&columns.fact(at))?.lets;
                of.push(GroupRow { at: narrow(at), lets });
            }
        }
        Ok(Group { columns, users, people, rows: of })
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

    /// The people of the group, by their codes. One may have several.
    pub(super) fn people(&self) -> impl Iterator<Item = Option<TextId>> {
        self.people.iter().flatten().copied()
    }

    /// The person of a row.
    pub(super) fn person_of(&self, at: usize) -> Option<TextId> {
        let (user, is_identified) = (self.users?.code(at)?, usize::from(self.columns.is_identified(at)));
        self.people.get(user)?.get(is_identified).copied().flatten()
    }

    /// The code of the person of a row.
    pub(super) fn person(&self, at: usize) -> Option<usize> {
        let user = self.users?.code(at)?;
        Some(2 * user + usize::from(self.columns.is_identified(at)))
    }
}

/// A group has some thousand rows.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
