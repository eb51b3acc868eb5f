//! Friction, at level 2: rage and dead clicks by page and element, and forms that were changed and not sent. Elements are
//! in the events' data, which is read of these few events only.

use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::row::Row;
use super::rows::Rows;
use super::statistics::ratio;
use crate::store::{READ, Reads, TextId, Texts};
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::HashMap;

const KINDS: [&str; 5] = ["pageView", "rageClick", "deadClick", "elementChange", "formSubmit"];

/// What an event of level 2 says of an element.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    el: Element,
    form: Element,
    prevented: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Element {
    path: Option<String>,
}

/// Clicks on a page or an element.
#[derive(Default)]
struct Clicks {
    rage: usize,
    dead: usize,
    sessions: Ids,
    first: i64,
    last: i64,
    session: Option<TextId>,
}

/// Submits of a form.
#[derive(Default)]
struct Submits {
    count: usize,
    prevented: usize,
    sessions: Ids,
}

/// A page and the path of an element on it.
type Place = (Option<TextId>, Option<String>);

#[derive(Default)]
struct Friction {
    all: Clicks,
    elements: HashMap<Place, Clicks>,
    pages: IdMap<Option<TextId>, Clicks>,
    /// The sessions with a view of each page.
    viewed: IdMap<Option<TextId>, Ids>,
    sessions: Ids,
    forms: HashMap<Place, Submits>,
    /// The field that each session changed last, since when it sent no form.
    changed: IdMap<TextId, Place>,
}

/// Answers [`super::View::Friction`].
pub(super) fn friction(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let kinds = rows.kinds(&KINDS)?;
    let mut found = Friction::default();
    let reads = Reads::texts(Texts { kind: READ, session: READ, path: READ, ..Texts::default() }).data();
    rows.visit(0, 0, &kinds, None, reads, |row| match kinds.place(row).filter(|_| row.lets) {
        Some(kind) => found.take(rows, row, kind),
        None => Ok(()),
    })?;
    let mut report = Report::default();
    let Friction { all, elements, pages, viewed, sessions, forms, changed } = found;
    report.number("rage_clicks", all.rage);
    report.number("dead_clicks", all.dead);
    report.number("sessions", all.sessions.len());
    report.number("share", ratio(all.sessions.len(), sessions.len()));
    let share =
        |path: Option<TextId>, of: &Ids| ratio(of.len(), viewed.get(&path).map_or(0, |sessions| sessions.len()));
    let columns = ["path", "rage_clicks", "dead_clicks", "sessions", "share", "first", "last", "session"];
    let mut table = Table::new("pages", &columns);
    let mut pages: Vec<_> = pages.into_iter().collect();
    pages.sort_by_key(|(path, clicks)| (Reverse(clicks.rage + clicks.dead), *path));
    for (path, clicks) in pages {
        let mut row = vec![rows.optional(path)?.into()];
        row.extend(clicks.cells(rows, share, path)?);
        table.add(row);
    }
    report.tables.push(table.cut(question.limit));
    let columns = ["path", "element", "rage_clicks", "dead_clicks", "sessions", "share", "first", "last", "session"];
    let mut table = Table::new("elements", &columns);
    let mut elements: Vec<_> = elements.into_iter().collect();
    elements.sort_by_cached_key(|(place, clicks)| (Reverse(clicks.rage + clicks.dead), place.clone()));
    for ((path, element), clicks) in elements {
        let mut row = vec![rows.optional(path)?.into(), element.into()];
        row.extend(clicks.cells(rows, share, path)?);
        table.add(row);
    }
    report.tables.push(table.cut(question.limit));
    let mut table = Table::new("forms", &["path", "form", "submits", "prevented", "sessions"]);
    let mut forms: Vec<_> = forms.into_iter().collect();
    forms.sort_by_cached_key(|(place, submits)| (Reverse(submits.count), place.clone()));
    for ((path, form), submits) in forms {
        let mut row = vec![rows.optional(path)?.into(), form.into()];
        row.extend([submits.count, submits.prevented, submits.sessions.len()].map(Cell::from));
        table.add(row);
    }
    report.tables.push(table.cut(question.limit));
    let mut last = HashMap::<Place, usize>::new();
    changed.into_values().for_each(|place| *last.entry(place).or_default() += 1);
    let mut last: Vec<_> = last.into_iter().collect();
    last.sort_by_cached_key(|(place, count)| (Reverse(*count), place.clone()));
    let mut table = Table::new("unsent", &["path", "element", "sessions"]);
    for ((path, element), count) in last {
        table.add(vec![rows.optional(path)?.into(), element.into(), count.into()]);
    }
    report.tables.push(table.cut(question.limit));
    Ok(report)
}

impl Friction {
    fn take(&mut self, rows: &Rows<'_>, row: &Row<'_>, kind: usize) -> Result<(), InsightError> {
        let Texts { session, path, .. } = row.fact.texts;
        rows.add(&mut self.sessions, session)?;
        if kind == 0 {
            return rows.add(self.viewed.entry(path).or_default(), session).map(drop);
        }
        let Data { el, form, prevented } = serde_json::from_str(&rows.data(row.fact)?).unwrap_or_default();
        let bytes = 120 + el.path.as_ref().or(form.path.as_ref()).map_or(0, String::len);
        match kind {
            1 | 2 => {
                let is_rage = kind == 1;
                let place = (path, el.path);
                if !self.elements.contains_key(&place) {
                    rows.keep(bytes)?;
                }
                self.elements.entry(place).or_default().take(rows, row, is_rage)?;
                self.pages.entry(path).or_default().take(rows, row, is_rage)?;
                self.all.take(rows, row, is_rage)?;
            }
            3 => {
                let Some(session) = session else { return Ok(()) };
                if self.changed.insert(session, (path, el.path)).is_none() {
                    rows.keep(bytes)?;
                }
            }
            _ => {
                let place = (path, form.path);
                if !self.forms.contains_key(&place) {
                    rows.keep(bytes)?;
                }
                let submits = self.forms.entry(place).or_default();
                submits.count += 1;
                submits.prevented += usize::from(prevented);
                rows.add(&mut submits.sessions, session)?;
                if let Some(session) = session {
                    self.changed.remove(&session);
                }
            }
        }
        Ok(())
    }
}

impl Clicks {
    fn take(&mut self, rows: &Rows<'_>, row: &Row<'_>, is_rage: bool) -> Result<(), InsightError> {
        if self.rage + self.dead == 0 {
            self.first = row.time;
        }
        self.last = row.time;
        self.session = row.fact.texts.session.or(self.session);
        *if is_rage { &mut self.rage } else { &mut self.dead } += 1;
        rows.add(&mut self.sessions, row.fact.texts.session).map(drop)
    }

    fn cells(
        self,
        rows: &Rows<'_>,
        share: impl Fn(Option<TextId>, &Ids) -> Cell,
        path: Option<TextId>,
    ) -> Result<[Cell; 7], InsightError> {
        let Clicks { rage, dead, sessions, first, last, session } = self;
        let share = share(path, &sessions);
        let session = rows.optional(session)?.into();
        Ok([rage.into(), dead.into(), sessions.len().into(), share, first.into(), last.into(), session])
    }
}
