//! Each page, and what was seen before and after one page.

use super::error::InsightError;
use super::ids::{IdMap, Ids, Sweep};
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::{Rows, SESSION_MS};
use super::statistics::median;
use crate::store::{READ, Reads, TextId, Texts};
use std::collections::HashMap;

#[derive(Default)]
struct Page {
    views: usize,
    users: Ids,
    entries: usize,
    exits: usize,
    times: Vec<u32>,
}

/// Rows of the lists of a flow.
const TOP: usize = 10;

/// Answers [`super::View::Pages`].
pub(super) fn pages(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let mut pages = IdMap::<Option<TextId>, Page>::default();
    let mut views = 0_usize;
    each(rows, |view| {
        let page = pages.entry(view.path).or_default();
        let is_counted = view.lets && rows.in_range(view.time);
        if is_counted {
            views += 1;
            page.views += 1;
            page.entries += usize::from(view.before.is_none());
            page.exits += usize::from(view.after.is_none());
            // Twelve hours of ms are below 2^32.
            page.times.extend(view.after.map(|(_, time)| u32::try_from(time - view.time).unwrap_or(u32::MAX)));
            rows.add(&mut page.users, view.person)?;
            rows.keep(size_of::<u32>())?;
        }
        Ok(())
    })?;
    pages.retain(|_, page| page.views > 0);
    let mut report = Report::default();
    report.number("page_views", views);
    report.number("pages", pages.len());
    let mut table = Table::new("pages", &["path", "page_views", "users", "entries", "exits", "median_time"]);
    let mut pages: Vec<_> = pages.into_iter().collect();
    pages.sort_by_key(|(path, page)| (std::cmp::Reverse(page.views), *path));
    table.total = pages.len();
    for (path, page) in pages.into_iter().take(question.limit) {
        let mut row: Vec<Cell> = vec![rows.optional(path)?.into()];
        row.extend([page.views, page.users.len(), page.entries, page.exits].map(Cell::from));
        let mut times: Vec<i64> = page.times.into_iter().map(i64::from).collect();
        row.push(median(&mut times));
        table.add(row);
    }
    report.tables.push(table);
    Ok(report)
}

/// Answers [`super::View::Flow`].
pub(super) fn flow(rows: &Rows<'_>, path: &str) -> Result<Report, InsightError> {
    let of = rows.find(path)?;
    let (mut before, mut after, mut views) = (HashMap::new(), HashMap::new(), 0_usize);
    each(rows, |view| {
        if view.lets && of.is_some() && view.path == of && rows.in_range(view.time) {
            views += 1;
            *before.entry(view.before).or_insert(0_usize) += 1;
            *after.entry(view.after.map(|(path, _)| path)).or_insert(0_usize) += 1;
        }
        Ok(())
    })?;
    let mut report = Report::default();
    report.number("page_views", views);
    for (name, counts, none) in [("before", before, "(session begins)"), ("after", after, "(session ends)")] {
        let mut table = Table::new(name, &["path", "page_views"]);
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(path, count)| (std::cmp::Reverse(*count), *path));
        table.total = counts.len();
        let others: usize = counts.iter().skip(TOP).map(|(_, count)| count).sum();
        for (path, count) in counts.into_iter().take(TOP) {
            let path = match path {
                None => none.to_owned(),
                Some(path) => rows.optional(path)?.unwrap_or_else(|| "(no path)".to_owned()),
            };
            table.add(vec![path.into(), count.into()]);
        }
        if others > 0 {
            table.add(vec!["(other)".into(), others.into()]);
        }
        report.tables.push(table);
    }
    Ok(report)
}

/// A page view with the views before and after it in its session.
#[derive(Clone, Copy)]
struct View {
    path: Option<TextId>,
    time: i64,
    person: Option<TextId>,
    lets: bool,
    before: Option<Option<TextId>>,
    after: Option<(Option<TextId>, i64)>,
}

/// Bytes of a view in memory.
const VIEW_BYTES: usize = 88;

/// Calls `with` for each view. Rows come by time, so that a session without a view for 12 hours has ended.
fn each(rows: &Rows<'_>, mut with: impl FnMut(View) -> Result<(), InsightError>) -> Result<(), InsightError> {
    let (mut open, mut sweep) = (IdMap::<TextId, View>::default(), Sweep::default());
    let reads = Reads::texts(Texts { kind: READ, session: READ, user: READ, path: READ, ..Texts::default() });
    rows.visit(SESSION_MS, SESSION_MS, &rows.kinds(&["pageView"])?, None, reads, |row| {
        let path = row.fact.texts.path;
        let view = View { path, time: row.time, person: row.person, lets: row.lets, before: None, after: None };
        let Some(session) = row.fact.texts.session else { return with(view) };
        if let Some(last) = open.get_mut(&session) {
            let before = std::mem::replace(last, View { before: Some(last.path), ..view });
            return with(View { after: Some((path, row.time)), ..before });
        }
        if sweep.is_due(open.len()) {
            let ended = row.time - SESSION_MS;
            for (_, last) in open.extract_if(|_, last| last.time < ended) {
                rows.release(VIEW_BYTES);
                with(last)?;
            }
            sweep.done(open.len());
        }
        open.insert(session, view);
        rows.keep(VIEW_BYTES)
    })?;
    open.into_values().try_for_each(with)
}
