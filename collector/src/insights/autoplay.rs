//! What auto-play rules start, and what users make of it. A play is by a rule if its beginning says so
//! (`data.pInit.type` 2). An `autoplay` event says that a rule was evaluated for a user.

use super::content::{Play, Plays};
use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::{Rows, SESSION_MS};
use super::statistics::{median, ratio};
use super::trend::Trend;
use crate::store::TextId;
use std::cmp::Reverse;

/// Who starts a play: a rule.
const RULE: u8 = 2;

/// The type of an evaluation.
const EVALUATED: &str = "autoplay";

#[derive(Default)]
struct Item {
    evaluated: Ids,
    users: Ids,
    sessions: Ids,
    plays: usize,
    completed: usize,
    closed: usize,
    close_times: Vec<i64>,
    other_plays: usize,
    other_completed: usize,
}

/// Answers [`super::View::Autoplay`].
pub(super) fn autoplay(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let (mut plays, evaluated) = (Plays::new(rows)?, rows.kinds(&[EVALUATED])?);
    let mut trend = Trend::new(rows.selection, &question.zone, question.bucket, 2)?;
    let mut items = IdMap::<TextId, Item>::default();
    rows.visit(SESSION_MS, SESSION_MS, &Kinds::ALL, None, Plays::reads(), |row| {
        trend.see(row.time);
        if evaluated.place(row).is_none() {
            return plays.take(rows, row);
        }
        if row.lets
            && rows.in_range(row.time)
            && let Some(content) = row.fact.texts.content
        {
            rows.add(&mut items.entry(content).or_default().evaluated, row.person)?;
        }
        Ok(())
    })?;
    let (mut users, mut sessions) = (Ids::default(), Ids::default());
    for play in plays.begun(rows) {
        let item = items.entry(play.content).or_default();
        let is_completed = play.completed.is_some();
        if play.started_by != Some(RULE) {
            item.other_plays += 1;
            item.other_completed += usize::from(is_completed);
            continue;
        }
        item.add(rows, play)?;
        rows.add(&mut users, play.person)?;
        rows.add(&mut sessions, play.session)?;
        trend.count(0, play.start);
        if is_completed {
            trend.count(1, play.start);
        }
    }
    items.retain(|_, item| item.plays + item.evaluated.len() > 0);
    let sum = |of: fn(&Item) -> usize| items.values().map(of).sum::<usize>();
    let (started, completed) = (sum(|item| item.plays), sum(|item| item.completed));
    let mut report = Report::default();
    report.number("plays", started);
    report.number("users", users.len());
    report.number("completed_plays", completed);
    report.number("completion_rate", ratio(completed, started));
    report.number("per_session", ratio(started, sessions.len()));
    report.tables.push(trend.table("trend", &["plays", "completed_plays"]));
    report.tables.push(table(rows, &plays, items)?.cut(question.limit));
    Ok(report)
}

impl Item {
    /// Takes a play that a rule started.
    fn add(&mut self, rows: &Rows<'_>, play: &Play) -> Result<(), InsightError> {
        self.plays += 1;
        self.completed += usize::from(play.completed.is_some());
        rows.add(&mut self.users, play.person)?;
        rows.add(&mut self.sessions, play.session)?;
        if let Some(closed) = play.closed.filter(|_| play.completed.is_none()) {
            self.closed += 1;
            self.close_times.push(closed - play.start);
            rows.keep(size_of::<i64>())?;
        }
        Ok(())
    }
}

fn table(rows: &Rows<'_>, plays: &Plays, items: IdMap<TextId, Item>) -> Result<Table, InsightError> {
    let columns = [
        "content",
        "name",
        "evaluated_users",
        "plays",
        "users",
        "sessions",
        "per_user",
        "completed_plays",
        "completion_rate",
        "closed",
        "close_rate",
        "median_close",
        "other_plays",
        "other_rate",
    ];
    let mut table = Table::new("autoplay", &columns);
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_by_key(|(content, item)| (Reverse(item.plays), *content));
    for (content, mut item) in items {
        let name = plays.name(content);
        table.add(vec![
            rows.text(content)?.into(),
            rows.optional(name)?.into(),
            item.evaluated.len().into(),
            item.plays.into(),
            item.users.len().into(),
            item.sessions.len().into(),
            ratio(item.plays, item.users.len()),
            item.completed.into(),
            ratio(item.completed, item.plays),
            item.closed.into(),
            ratio(item.closed, item.plays),
            median(&mut item.close_times),
            Cell::from(item.other_plays),
            ratio(item.other_completed, item.other_plays),
        ]);
    }
    Ok(table)
}
