//! The events of one session, in the order of time, tab and number.

use super::error::InsightError;
use super::kinds::{Kinds, Only};
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::row::Row;
use super::rows::Rows;
use crate::store::{Fact, Reads, TextId};
use std::collections::HashMap;

/// Answers [`super::View::Session`]. The question's range is all times.
pub(super) fn stream(rows: &Rows<'_>, question: &Question, id: &str) -> Result<Report, InsightError> {
    let mut facts: Vec<(Fact<TextId>, Option<TextId>)> = Vec::new();
    if let Some(session) = rows.find(id)? {
        rows.visit(0, 0, &Kinds::ALL, Some(&Only::Session(session)), Reads::ALL, |row: &Row<'_>| {
            facts.push((row.fact.clone(), row.person));
            rows.keep(size_of::<Fact<TextId>>() + 16)
        })?;
    }
    // The tabs in the order in which they appear are the lanes.
    facts.sort_by_key(|(fact, _)| (fact.time, fact.texts.tab, fact.seq));
    let mut report = Report::default();
    let (first, last) = (facts.first(), facts.last());
    let length = first.zip(last).map(|((first, _), (last, _))| last.time - first.time);
    report.number("events", facts.len());
    report.number("duration", length);
    let columns = ["time", "lane", "lost_before", "type", "path", "title", "content", "name", "step", "user", "event"];
    let mut table = Table::new("stream", &columns);
    table.total = facts.len();
    let (mut lanes, mut lost) = (HashMap::<Option<TextId>, (usize, i64)>::new(), 0_i64);
    let mut people = Vec::new();
    for (place, (fact, person)) in facts.iter().enumerate() {
        let count = lanes.len();
        let before = lanes.get(&fact.texts.tab).map(|(_, seq)| *seq);
        // Numbers of a tab go up by one: those in between were not stored, or not in this session.
        let gap = before.map_or(0, |before| (fact.seq - before - 1).max(0));
        lost += gap;
        let (lane, seq) = lanes.entry(fact.texts.tab).or_insert((count + 1, fact.seq));
        *seq = fact.seq.max(*seq);
        people.extend(person.filter(|person| !people.contains(person)));
        if place < question.limit {
            let texts = &fact.texts;
            let mut row = vec![Cell::from(fact.time), (*lane).into(), gap.into()];
            for text in [texts.kind, texts.path, texts.title, texts.content, texts.name, texts.step, texts.user] {
                row.push(rows.optional(text)?.into());
            }
            row.push(rows.event_id(fact.position)?.into());
            table.add(row);
        }
    }
    report.number("lanes", lanes.len());
    report.number("users", people.len());
    report.number("gaps", lost);
    report.tables.push(table);
    Ok(report)
}
