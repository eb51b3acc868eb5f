//! What is most used: content, pages, countries, browsers and systems, each with its number of users.

use super::content::Plays;
use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::report::{Cell, Report, Table};
use super::rows::Rows;
use crate::store::{Codes, TextId};
use std::cmp::Reverse;

/// Rows of each list.
const TOP: usize = 10;

/// Counts texts.
#[derive(Default)]
pub(super) struct List {
    places: IdMap<Option<TextId>, usize>,
    entries: Vec<Entry>,
}

/// A text, with a count and the users.
struct Entry {
    text: Option<TextId>,
    count: usize,
    users: Ids,
}

/// The places in a list of the texts of a group of rows.
pub(super) struct Places<'g> {
    column: Option<&'g Codes<TextId>>,
    of: Vec<Option<usize>>,
}

impl List {
    /// Counts a text once more.
    pub(super) fn add(
        &mut self,
        rows: &Rows<'_>,
        text: Option<TextId>,
        person: Option<TextId>,
    ) -> Result<(), InsightError> {
        let place = self.place(text);
        self.count(place, 1);
        self.add_user(rows, Some(place), person)
    }

    fn place(&mut self, text: Option<TextId>) -> usize {
        *self.places.entry(text).or_insert_with(|| {
            self.entries.push(Entry { text, count: 0, users: Ids::default() });
            self.entries.len() - 1
        })
    }

    fn count(&mut self, place: usize, times: usize) {
        if let Some(entry) = self.entries.get_mut(place) {
            entry.count += times;
        }
    }

    /// Counts the texts of these rows of a column.
    pub(super) fn count_all(&mut self, column: Option<&Codes<TextId>>, rows: impl Iterator<Item = usize>) {
        let Some(column) = column else { return };
        let mut counts = vec![0_usize; column.values().len()];
        for row in rows {
            if let Some(count) = column.code(row).and_then(|code| counts.get_mut(code)) {
                *count += 1;
            }
        }
        for (text, count) in column.values().iter().zip(counts).filter(|(_, count)| *count > 0) {
            let place = self.place(*text);
            self.count(place, count);
        }
    }

    pub(super) fn add_user(
        &mut self,
        rows: &Rows<'_>,
        place: Option<usize>,
        person: Option<TextId>,
    ) -> Result<(), InsightError> {
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some(entry) => rows.add(&mut entry.users, person).map(drop),
            None => Ok(()),
        }
    }
}

impl<'g> Places<'g> {
    pub(super) fn of(column: Option<&'g Codes<TextId>>) -> Self {
        Places { column, of: vec![None; column.map_or(0, |column| column.values().len())] }
    }

    /// The place in `list` of the text of a row.
    pub(super) fn at(&mut self, list: &mut List, row: usize) -> Option<usize> {
        let column = self.column?;
        let code = column.code(row)?;
        let known = self.of.get_mut(code)?;
        if known.is_none() {
            *known = Some(list.place(column.values().get(code).copied().flatten()));
        }
        *known
    }
}

/// The lists of an overview.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) contents: List,
    pub(super) pages: List,
    /// Countries, browsers and systems.
    pub(super) clients: [List; 3],
}

impl Lists {
    pub(super) fn tables(self, rows: &Rows<'_>, plays: &Plays, report: &mut Report) -> Result<(), InsightError> {
        let Lists { contents, pages, clients: [countries, browsers, systems] } = self;
        let columns: [(List, &'static str, &[&'static str]); 5] = [
            (contents, "top_contents", &["content", "name", "plays", "users"]),
            (pages, "top_pages", &["path", "page_views", "users"]),
            (countries, "countries", &["country", "events", "users"]),
            (browsers, "browsers", &["browser", "events", "users"]),
            (systems, "systems", &["os", "events", "users"]),
        ];
        for (list, name, columns) in columns {
            // Clients are compared by users, what is used by how often.
            let (is_of_clients, has_names) = (columns.contains(&"events"), columns.contains(&"name"));
            let mut table = Table::new(name, columns);
            let mut entries: Vec<_> =
                list.entries.into_iter().map(|entry| (entry.text, entry.count, entry.users.len())).collect();
            entries.sort_by_key(|&(text, count, users)| {
                (Reverse(if is_of_clients { users } else { count }), Reverse(count), text)
            });
            table.total = entries.len();
            for (text, count, users) in entries.into_iter().take(TOP) {
                let mut row = vec![Cell::from(rows.optional(text)?)];
                if has_names {
                    let name = text.and_then(|content| plays.name(content));
                    row.push(name.map(|name| rows.text(name)).transpose()?.into());
                }
                row.extend([count.into(), users.into()]);
                table.add(row);
            }
            report.tables.push(table);
        }
        Ok(())
    }
}
