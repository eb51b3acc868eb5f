//! Number and lengths of sessions. A session belongs to the range in which it began, and is counted whole.

use super::error::InsightError;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::{Kinds, Row, Rows, SESSION_MS};
use super::statistics::{median, ratio};
use super::trend::Trend;
use crate::store::TextId;
use std::collections::{HashMap, HashSet};

/// The beginnings of sessions.
#[derive(Default)]
pub(super) struct Starts(HashMap<TextId, (i64, bool)>);

impl Starts {
    pub(super) fn take(&mut self, rows: &Rows<'_>, row: &Row<'_>) -> Result<(), InsightError> {
        let Some(session) = row.fact.texts.session else { return Ok(()) };
        if !self.0.contains_key(&session) {
            rows.keep(40)?;
        }
        // Rows come by time.
        let (_, lets) = self.0.entry(session).or_insert((row.time, false));
        *lets |= row.lets;
        Ok(())
    }

    /// The number of sessions that began in the range.
    pub(super) fn count(&self, rows: &Rows<'_>, mut with: impl FnMut(i64)) -> usize {
        let begun = self.0.values().filter(|(start, lets)| *lets && rows.in_range(*start));
        begun.map(|(start, _)| with(*start)).count()
    }
}

/// A session, as far as it is near the range.
struct Session {
    start: i64,
    last: i64,
    person: Option<TextId>,
    events: usize,
    page_views: usize,
    plays: usize,
    completed: usize,
    country: Option<TextId>,
    browser: Option<TextId>,
    lets: bool,
}

/// A session without an event for so long has ended.
const ENDED_MS: i64 = 1_800_000;

/// The lengths of the histogram's bars: up to each of these, and above.
const LENGTHS_MS: [(i64, &str); 7] = [
    (0, "one moment"),
    (10_000, "up to 10 s"),
    (60_000, "up to 1 min"),
    (300_000, "up to 5 min"),
    (900_000, "up to 15 min"),
    (1_800_000, "up to 30 min"),
    (i64::MAX, "longer"),
];

/// Answers [`super::View::Sessions`].
pub(super) fn sessions(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let mut trend = Trend::new(rows.selection, &question.zone, question.bucket, 2)?;
    let all = read(rows, &mut trend)?;
    let mut begun: Vec<_> = all.into_iter().filter(|(_, one)| one.lets && rows.in_range(one.start)).collect();
    let (mut users, mut by_step) = (HashSet::new(), HashSet::new());
    for (_, session) in &begun {
        trend.count(0, session.start);
        users.extend(session.person);
        if let Some((place, person)) = trend.place(session.start).zip(session.person)
            && by_step.insert((place, person))
        {
            trend.count(1, session.start);
        }
    }
    let mut lengths: Vec<i64> = begun.iter().map(|(_, session)| session.last - session.start).collect();
    let total: i64 = lengths.iter().sum();
    let mut report = Report::default();
    let count = begun.len();
    let one_event = begun.iter().filter(|(_, session)| session.events == 1).count();
    report.number("sessions", count);
    report.number("users", users.len());
    report.number("sessions_per_user", ratio(count, users.len()));
    report.number("total_duration", total);
    report.number("mean_duration", if count == 0 { Cell::None } else { Cell::Real(total as f64 / count as f64) });
    let per_user = if users.is_empty() { Cell::None } else { Cell::Real(total as f64 / users.len() as f64) };
    report.number("mean_duration_per_user", per_user);
    report.number("median_duration", median(&mut lengths));
    report.number("one_event_share", ratio(one_event, count));
    report.tables.push(trend.table("trend", &["sessions", "users"]));
    report.tables.push(histogram(&lengths));
    begun.sort_by_key(|(id, session)| (std::cmp::Reverse(session.start), *id));
    report.tables.push(list(rows, question, &begun)?);
    Ok(report)
}

fn read(rows: &Rows<'_>, trend: &mut Trend) -> Result<HashMap<TextId, Session>, InsightError> {
    let kinds = rows.kinds(&["pageView", "play", "open", "complete", "submit"])?;
    let mut all = HashMap::<TextId, Session>::new();
    rows.visit(SESSION_MS, SESSION_MS, &Kinds::ALL, None, |row| {
        trend.see(row.time);
        let texts = &row.fact.texts;
        let Some(id) = texts.session else { return Ok(()) };
        if !all.contains_key(&id) {
            rows.keep(140)?;
        }
        let session = all.entry(id).or_insert(Session {
            start: row.time,
            last: row.time,
            person: None,
            events: 0,
            page_views: 0,
            plays: 0,
            completed: 0,
            country: None,
            browser: None,
            lets: false,
        });
        session.last = row.time;
        session.person = row.person.or(session.person);
        session.country = texts.country.or(session.country);
        session.browser = texts.browser.or(session.browser);
        session.lets |= row.lets;
        session.events += 1;
        match kinds.place(row) {
            Some(0) => session.page_views += 1,
            Some(1 | 2) if texts.content.is_some() => session.plays += 1,
            Some(3 | 4) if texts.content.is_some() => session.completed += 1,
            _ => {}
        }
        Ok(())
    })?;
    Ok(all)
}

fn histogram(lengths: &[i64]) -> Table {
    let mut table = Table::new("lengths", &["length", "sessions", "share"]);
    let mut above = i64::MIN;
    for (upto, name) in LENGTHS_MS {
        let count = lengths.iter().filter(|length| **length > above && **length <= upto).count();
        table.add(vec![name.into(), count.into(), ratio(count, lengths.len())]);
        above = upto;
    }
    table
}

fn list(rows: &Rows<'_>, question: &Question, begun: &[(TextId, Session)]) -> Result<Table, InsightError> {
    let columns = [
        "start",
        "duration",
        "running",
        "session",
        "user",
        "events",
        "page_views",
        "plays",
        "completed_plays",
        "country",
        "browser",
    ];
    let mut table = Table::new("sessions", &columns);
    table.total = begun.len();
    for (id, session) in begun.iter().take(question.limit) {
        let is_running = question.now - session.last < ENDED_MS;
        table.add(vec![
            session.start.into(),
            (session.last - session.start).into(),
            if is_running { "running" } else { "ended" }.into(),
            rows.text(*id)?.into(),
            rows.optional(session.person)?.into(),
            session.events.into(),
            session.page_views.into(),
            session.plays.into(),
            session.completed.into(),
            rows.optional(session.country)?.into(),
            rows.optional(session.browser)?.into(),
        ]);
    }
    Ok(table)
}
