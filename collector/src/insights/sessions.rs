//! Number and lengths of sessions. A session belongs to the range in which it began, and is counted whole.

use super::error::InsightError;
use super::ids::{IdMap, Ids, Sweep};
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::row::Row;
use super::rows::{Rows, SESSION_MS};
use super::statistics::{median, ratio};
use super::trend::Trend;
use crate::store::{READ, Reads, TextId, Texts};
use std::cmp::Reverse;

/// Counts the sessions that began in the range.
#[derive(Default)]
pub(super) struct Starts {
    seen: Ids,
    /// Beginnings of sessions of which the filters have let nothing through yet.
    waiting: IdMap<TextId, i64>,
    count: usize,
}

impl Starts {
    /// Takes a row by its session, its time, and whether the filters let it through; `with` is told when a session that
    /// counts began.
    pub(super) fn take(
        &mut self,
        rows: &Rows<'_>,
        (session, time, lets): (Option<TextId>, i64, bool),
        mut with: impl FnMut(i64),
    ) -> Result<(), InsightError> {
        let Some(session) = session else { return Ok(()) };
        // Rows come by time: the first of a session is its beginning.
        let is_new = rows.add(&mut self.seen, Some(session))?;
        let start = match (is_new, lets) {
            (true, true) => Some(time),
            (true, false) if rows.in_range(time) => {
                self.waiting.insert(session, time);
                rows.keep(24)?;
                None
            }
            (false, true) if !self.waiting.is_empty() => self.waiting.remove(&session),
            _ => None,
        };
        if let Some(start) = start.filter(|start| rows.in_range(*start)) {
            self.count += 1;
            with(start);
        }
        Ok(())
    }

    /// The number of sessions that began in the range.
    pub(super) fn counted(&self) -> usize {
        self.count
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

/// Bytes of a session in memory.
const SESSION_BYTES: usize = 96;

/// Answers [`super::View::Sessions`].
pub(super) fn sessions(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let mut all = Sessions::new(rows, question)?;
    let kinds = rows.kinds(&["pageView", "play", "open", "complete", "submit"])?;
    let texts = Texts {
        kind: READ,
        session: READ,
        user: READ,
        content: READ,
        country: READ,
        browser: READ,
        ..Texts::default()
    };
    rows.visit(SESSION_MS, SESSION_MS, &Kinds::ALL, None, Reads::texts(texts), |row| all.take(row, &kinds))?;
    all.close(i64::MAX)?;
    let Sessions { trend, users, mut lengths, one_event, mut newest, .. } = all;
    let total: i64 = lengths.iter().sum();
    let mut report = Report::default();
    let count = lengths.len();
    report.number("sessions", count);
    report.number("users", users.len());
    report.number("sessions_per_user", ratio(count, users.len()));
    report.number("total_duration", total);
    report.number("mean_duration", if count == 0 { Cell::None } else { Cell::Real(total as f64 / count as f64) });
    let per_user = if users.len() == 0 { Cell::None } else { Cell::Real(total as f64 / users.len() as f64) };
    report.number("mean_duration_per_user", per_user);
    report.number("median_duration", median(&mut lengths));
    report.number("one_event_share", ratio(one_event, count));
    report.tables.push(trend.table("trend", &["sessions", "users"]));
    report.tables.push(histogram(&lengths));
    keep_newest(&mut newest, question.limit);
    report.tables.push(list(rows, question, count, &newest)?);
    Ok(report)
}

/// The sessions of the range. Rows come by time, so that a session without a row for 12 hours has ended, and only its
/// numbers are kept.
struct Sessions<'r> {
    rows: &'r Rows<'r>,
    trend: Trend,
    limit: usize,
    open: IdMap<TextId, Session>,
    ended: Ids,
    sweep: Sweep,
    users: Ids,
    of_step: Vec<Ids>,
    lengths: Vec<i64>,
    one_event: usize,
    newest: Vec<(TextId, Session)>,
}

impl<'r> Sessions<'r> {
    fn new(rows: &'r Rows<'r>, question: &Question) -> Result<Self, InsightError> {
        Ok(Sessions {
            rows,
            trend: Trend::new(rows.selection, &question.zone, question.bucket, 2)?,
            limit: question.limit,
            open: IdMap::default(),
            ended: Ids::default(),
            sweep: Sweep::default(),
            users: Ids::default(),
            of_step: Vec::new(),
            lengths: Vec::new(),
            one_event: 0,
            newest: Vec::new(),
        })
    }

    fn take(&mut self, row: &Row<'_>, kinds: &Kinds) -> Result<(), InsightError> {
        self.trend.see(row.time);
        let texts = &row.fact.texts;
        let Some(id) = texts.session else { return Ok(()) };
        if !self.open.contains_key(&id) {
            if self.ended.contains(id) {
                return Ok(());
            }
            if self.sweep.is_due(self.open.len()) {
                self.close(row.time - SESSION_MS)?;
            }
            self.rows.keep(SESSION_BYTES)?;
        }
        let session = self.open.entry(id).or_insert(Session {
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
    }

    /// Counts the sessions that have ended: those without a row since `before`.
    fn close(&mut self, before: i64) -> Result<(), InsightError> {
        let ended: Vec<_> = self.open.extract_if(|_, session| session.last < before).collect();
        self.sweep.done(self.open.len());
        for (id, session) in ended {
            self.rows.release(SESSION_BYTES);
            self.rows.add(&mut self.ended, Some(id))?;
            if session.lets && self.rows.in_range(session.start) {
                self.count(id, session)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, id: TextId, session: Session) -> Result<(), InsightError> {
        self.rows.keep(size_of::<i64>())?;
        self.lengths.push(session.last - session.start);
        self.one_event += usize::from(session.events == 1);
        self.trend.count(0, session.start);
        self.rows.add(&mut self.users, session.person)?;
        if let Some(place) = self.trend.place(session.start) {
            if place >= self.of_step.len() {
                self.of_step.resize_with(place + 1, Ids::default);
            }
            if let Some(users) = self.of_step.get_mut(place)
                && self.rows.add(users, session.person)?
            {
                self.trend.count(1, session.start);
            }
        }
        self.newest.push((id, session));
        if self.newest.len() > 2 * self.limit + 1_000 {
            keep_newest(&mut self.newest, self.limit);
        }
        Ok(())
    }
}

fn keep_newest(sessions: &mut Vec<(TextId, Session)>, limit: usize) {
    sessions.sort_by_key(|(id, session)| (Reverse(session.start), *id));
    sessions.truncate(limit);
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

fn list(
    rows: &Rows<'_>,
    question: &Question,
    count: usize,
    newest: &[(TextId, Session)],
) -> Result<Table, InsightError> {
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
    table.total = count;
    for (id, session) in newest {
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
