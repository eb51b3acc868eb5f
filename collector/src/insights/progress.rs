//! How far users are in onboarding tasks and courses. A task is done by a `complete`, which may come without a `play`. A
//! course has `progress` events with a value from 0 to 100, and a `complete`.

use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::row::Row;
use super::rows::Rows;
use super::statistics::{median, ratio};
use crate::store::{READ, Reads, TextId, Texts};
use serde::Deserialize;
use std::cmp::Reverse;

/// The types of events, and the kind codes of content.
const KINDS: [&str; 3] = ["play", "progress", "complete"];
const TASK: &str = "task";
const COURSE: &str = "course";

/// Where a course is over.
const WHOLE: f64 = 100.0;

/// Bytes of a user of a content, in memory.
const LEARNER_BYTES: usize = 48;

/// A task or a course.
#[derive(Default)]
struct Item {
    name: Option<TextId>,
    users: IdMap<TextId, Learner>,
}

/// How far a user is.
#[derive(Default)]
struct Learner {
    first: i64,
    started: Option<i64>,
    completed: Option<i64>,
    /// The largest value.
    value: f64,
}

/// What a `progress` event says.
#[derive(Default, Deserialize)]
struct Progress {
    #[serde(default)]
    value: f64,
}

/// Answers [`super::View::Progress`].
pub(super) fn progress(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let kinds = rows.kinds(&KINDS)?;
    let (task, course) = (rows.find(TASK)?, rows.find(COURSE)?);
    let (mut users, mut tasks, mut courses) = (Ids::default(), IdMap::default(), IdMap::default());
    let texts = Texts { kind: READ, user: READ, content: READ, content_type: READ, name: READ, ..Texts::default() };
    rows.visit(0, 0, &Kinds::ALL, None, Reads::texts(texts).data(), |row| {
        let Some(person) = row.person.filter(|_| row.lets) else { return Ok(()) };
        rows.add(&mut users, Some(person))?;
        match row.fact.texts.content_type {
            None => Ok(()),
            kind if kind == task => take(rows, row, person, &kinds, &mut tasks),
            kind if kind == course => take(rows, row, person, &kinds, &mut courses),
            Some(_) => Ok(()),
        }
    })?;
    let mut report = Report::default();
    report.number("users", users.len());
    for (names, items) in
        [(["task_users", "tasks_completed"], &tasks), (["course_users", "courses_completed"], &courses)]
    {
        let [learners, completed] = names;
        report.number(learners, different(rows, items)?);
        report.number(completed, items.values().map(Item::completed).sum::<usize>());
    }
    report.tables.push(tasks_table(rows, tasks, users.len())?.cut(question.limit));
    report.tables.push(courses_table(rows, courses, users.len())?.cut(question.limit));
    Ok(report)
}

fn take(
    rows: &Rows<'_>,
    row: &Row<'_>,
    person: TextId,
    kinds: &Kinds,
    items: &mut IdMap<TextId, Item>,
) -> Result<(), InsightError> {
    let (Some(content), Some(kind)) = (row.fact.texts.content, kinds.place(row)) else { return Ok(()) };
    let item = items.entry(content).or_default();
    item.name = row.fact.texts.name.or(item.name);
    if !item.users.contains_key(&person) {
        rows.keep(LEARNER_BYTES)?;
    }
    let learner = item.users.entry(person).or_insert(Learner { first: row.time, ..Learner::default() });
    match kind {
        0 => learner.started = learner.started.or(Some(row.time)),
        1 => {
            let Progress { value } = serde_json::from_str(&rows.data(row.fact)?).unwrap_or_default();
            learner.value = learner.value.max(value);
        }
        _ => {
            learner.completed = learner.completed.or(Some(row.time));
            learner.value = WHOLE;
        }
    }
    Ok(())
}

/// How many users there are of any of the items.
fn different(rows: &Rows<'_>, items: &IdMap<TextId, Item>) -> Result<usize, InsightError> {
    let mut users = Ids::default();
    for user in items.values().flat_map(|item| item.users.keys()) {
        rows.add(&mut users, Some(*user))?;
    }
    let count = users.len();
    rows.release(users.bytes());
    Ok(count)
}

fn tasks_table(rows: &Rows<'_>, tasks: IdMap<TextId, Item>, all: usize) -> Result<Table, InsightError> {
    let columns =
        ["content", "name", "users", "started_users", "completed_users", "without_play", "of_users", "median_time"];
    let mut table = Table::new("tasks", &columns);
    for (content, item) in sorted(tasks) {
        let started = item.users.values().filter(|learner| learner.started.is_some()).count();
        // Started before it was completed: else it was done without guidance.
        let time = |learner: &Learner| Some(learner.completed? - learner.started?).filter(|time| *time >= 0);
        let mut times: Vec<i64> = item.users.values().filter_map(time).collect();
        let completed = item.completed();
        table.add(vec![
            rows.text(content)?.into(),
            rows.optional(item.name)?.into(),
            item.users.len().into(),
            started.into(),
            completed.into(),
            (completed - times.len()).into(),
            ratio(completed, all),
            median(&mut times),
        ]);
    }
    Ok(table)
}

fn courses_table(rows: &Rows<'_>, courses: IdMap<TextId, Item>, all: usize) -> Result<Table, InsightError> {
    let columns = [
        "content",
        "name",
        "users",
        "below_25",
        "below_50",
        "below_75",
        "below_100",
        "completed_users",
        "completed_share",
        "of_users",
        "median_time",
    ];
    let mut table = Table::new("courses", &columns);
    for (content, item) in sorted(courses) {
        let mut quarters = [0_usize; 4];
        for learner in item.users.values().filter(|learner| learner.completed.is_none()) {
            let quarter = [25.0, 50.0, 75.0].iter().filter(|upto| learner.value >= **upto).count();
            if let Some(count) = quarters.get_mut(quarter) {
                *count += 1;
            }
        }
        let time = |learner: &Learner| learner.completed.map(|completed| completed - learner.first);
        let mut times: Vec<i64> = item.users.values().filter_map(time).filter(|time| *time > 0).collect();
        let completed = item.completed();
        let mut row: Vec<Cell> =
            vec![rows.text(content)?.into(), rows.optional(item.name)?.into(), item.users.len().into()];
        row.extend(quarters.map(Cell::from));
        row.extend([completed.into(), ratio(completed, item.users.len()), ratio(completed, all), median(&mut times)]);
        table.add(row);
    }
    Ok(table)
}

/// Those with the most users first.
fn sorted(items: IdMap<TextId, Item>) -> Vec<(TextId, Item)> {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_by_key(|(content, item)| (Reverse(item.users.len()), *content));
    items
}

impl Item {
    fn completed(&self) -> usize {
        self.users.values().filter(|learner| learner.completed.is_some()).count()
    }
}
