//! The steps of one content: who saw each, and where they stopped. A step that comes again in a session counts once.

use super::error::InsightError;
use super::kinds::Only;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::Rows;
use super::statistics::{median, ratio};
use crate::store::{READ, Reads, TextId, Texts};
use std::collections::{HashMap, HashSet};

/// Those that show a step, and those that end a play.
const VERBS: [&str; 7] = ["play", "open", "step", "complete", "submit", "close", "playFailed"];

/// How a session ended at its last step.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Completed,
    Closed,
    Failed,
    /// Nothing more of the content came in the session.
    Left,
}

#[derive(Default)]
struct Step {
    sessions: HashSet<Option<TextId>>,
    users: HashSet<TextId>,
    /// Sums the places within plays, for the order.
    places: usize,
    seen: usize,
    first: i64,
    entries: usize,
    replaced: usize,
    times: Vec<i64>,
}

/// What is known of a session while its rows come.
struct Course {
    last: Option<TextId>,
    end: End,
}

/// A play while its rows come.
#[derive(Default)]
struct Run {
    places: Vec<TextId>,
    at: Option<(TextId, i64)>,
}

/// Answers [`super::View::Steps`].
pub(super) fn steps(rows: &Rows<'_>, question: &Question, content: &str) -> Result<Report, InsightError> {
    let kinds = rows.kinds(&VERBS)?;
    let mut steps = HashMap::<TextId, Step>::new();
    let mut courses = HashMap::<Option<TextId>, Course>::new();
    let mut runs = HashMap::<(Option<TextId>, Option<TextId>), Run>::new();
    let mut versions = HashMap::<Option<TextId>, (usize, HashSet<Option<TextId>>)>::new();
    let mut name = None;
    let mut take = |row: &super::row::Row<'_>| {
        let texts = &row.fact.texts;
        let (Some(verb), true) = (kinds.place(row), row.lets) else { return Ok(()) };
        rows.keep(160)?;
        name = texts.name.or(name);
        let session = texts.session;
        let course = courses.entry(session).or_insert(Course { last: None, end: End::Left });
        let run = runs.entry((session, texts.play)).or_default();
        if let Some((step, since)) = run.at.take()
            && let Some(step) = steps.get_mut(&step)
        {
            step.times.push(row.time - since);
        }
        match verb {
            0..=2 => {
                course.end = End::Left;
                let (sees, sessions) = versions.entry(texts.content_version).or_default();
                *sees += 1;
                sessions.insert(session);
                let Some(shown) = texts.step else { return Ok(()) };
                course.last = Some(shown);
                let step = steps.entry(shown).or_insert(Step { first: row.time, ..Step::default() });
                step.sessions.insert(session);
                step.users.extend(row.person);
                step.replaced += usize::from(texts.requested.is_some_and(|asked| asked != shown));
                if !run.places.contains(&shown) {
                    step.entries += usize::from(run.places.is_empty());
                    run.places.push(shown);
                    step.places += run.places.len();
                    step.seen += 1;
                }
                run.at = Some((shown, row.time));
            }
            3 | 4 => course.end = End::Completed,
            5 => course.end = End::Closed,
            _ => course.end = End::Failed,
        }
        Ok(())
    };
    if let Some(content) = rows.find(content)? {
        let texts = Texts {
            kind: READ,
            session: READ,
            user: READ,
            play: READ,
            step: READ,
            requested: READ,
            name: READ,
            content_version: READ,
            ..Texts::default()
        };
        rows.visit(0, 0, &kinds, Some(&Only::Content(content)), Reads::texts(texts), &mut take)?;
    }
    let mut report = Report::default();
    report.number("name", rows.optional(name)?);
    report.number("sessions", courses.len());
    let completed = courses.values().filter(|course| course.end == End::Completed).count();
    report.number("completed_sessions", completed);
    report.number("completion_rate", ratio(completed, courses.len()));
    report.tables.push(table(rows, steps, &courses)?.cut(question.limit));
    let mut table = Table::new("versions", &["content_version", "events", "sessions"]);
    let mut versions: Vec<_> = versions.into_iter().collect();
    versions.sort_by_key(|(version, (count, _))| (std::cmp::Reverse(*count), *version));
    for (version, (count, sessions)) in versions {
        table.add(vec![rows.optional(version)?.into(), count.into(), sessions.len().into()]);
    }
    report.tables.push(table);
    Ok(report)
}

fn table(
    rows: &Rows<'_>,
    steps: HashMap<TextId, Step>,
    courses: &HashMap<Option<TextId>, Course>,
) -> Result<Table, InsightError> {
    let mut ends = HashMap::<(TextId, End), usize>::new();
    for course in courses.values() {
        if let Some(last) = course.last {
            *ends.entry((last, course.end)).or_default() += 1;
        }
    }
    let columns = [
        "step",
        "sessions",
        "users",
        "share",
        "went_on",
        "ended_completed",
        "ended_closed",
        "ended_failed",
        "ended_left",
        "entries",
        "replaced",
        "median_time",
    ];
    let mut table = Table::new("steps", &columns);
    let mut steps: Vec<_> = steps.into_iter().collect();
    let mean = |step: &Step| step.places as f64 / step.seen.max(1) as f64;
    steps.sort_by(|(one, a), (other, b)| mean(a).total_cmp(&mean(b)).then(a.first.cmp(&b.first)).then(one.cmp(other)));
    for (id, mut step) in steps {
        let sessions = step.sessions.len();
        let ended = [End::Completed, End::Closed, End::Failed, End::Left]
            .map(|end| ends.get(&(id, end)).copied().unwrap_or_default());
        let mut row = vec![rows.text(id)?.into(), sessions.into(), step.users.len().into()];
        row.push(ratio(sessions, courses.len()));
        row.push(sessions.saturating_sub(ended.iter().sum()).into());
        row.extend(ended.map(Cell::from));
        row.extend([step.entries.into(), step.replaced.into(), median(&mut step.times)]);
        table.add(row);
    }
    Ok(table)
}
