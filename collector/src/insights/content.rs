//! Plays of guidance content, and the list of all content.

use super::error::InsightError;
use super::ids::IdMap;
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::row::Row;
use super::rows::{Rows, SESSION_MS};
use super::statistics::{median, ratio};
use super::trend::Trend;
use crate::store::{READ, Reads, TextId, Texts};
use std::collections::{BTreeMap, HashSet};

/// The types that begin a play, complete it, close it, and say that it failed.
const VERBS: [&str; 6] = ["play", "open", "complete", "submit", "close", "playFailed"];

/// The plays around a range. A play is all events with the same `data.pId`.
pub(super) struct Plays {
    kinds: Kinds,
    /// In the order of their first events: those of a time lie side by side in memory.
    plays: Vec<Play>,
    /// The place of each in `plays`.
    places: IdMap<TextId, u32>,
    /// The newest name of each content, with its kind code.
    names: IdMap<TextId, (Option<TextId>, Option<TextId>)>,
    /// Completions and begins in the range without a play's ID.
    without: Vec<(TextId, Option<TextId>, i64, bool)>,
}

/// Bytes of a play in memory.
const PLAY_BYTES: usize = 64;

/// A play.
#[derive(Clone, Debug)]
pub(super) struct Play {
    pub(super) content: TextId,
    /// When it began; `i64::MAX` before its beginning was seen.
    pub(super) start: i64,
    pub(super) completed: Option<i64>,
    /// When it was first closed.
    pub(super) closed: Option<i64>,
    /// Whether it failed in the range.
    failed: bool,
    pub(super) person: Option<TextId>,
    pub(super) session: Option<TextId>,
    pub(super) started_by: Option<u8>,
    lets: bool,
}

impl Plays {
    /// What of each row a play is made of.
    pub(super) fn reads() -> Reads {
        let texts = Texts {
            kind: READ,
            session: READ,
            user: READ,
            content: READ,
            play: READ,
            name: READ,
            content_type: READ,
            ..Texts::default()
        };
        Reads { started_by: true, ..Reads::texts(texts) }
    }

    pub(super) fn new(rows: &Rows<'_>) -> Result<Self, InsightError> {
        let kinds = rows.kinds(&VERBS)?;
        Ok(Plays { kinds, plays: Vec::new(), places: IdMap::default(), names: IdMap::default(), without: Vec::new() })
    }

    /// Takes any row; those without content are left out.
    pub(super) fn take(&mut self, rows: &Rows<'_>, row: &Row<'_>) -> Result<(), InsightError> {
        let texts = &row.fact.texts;
        let Some(content) = texts.content else { return Ok(()) };
        let (name, kind) = self.names.entry(content).or_default();
        (*name, *kind) = (texts.name.or(*name), texts.content_type.or(*kind));
        let verb = self.kinds.place(row);
        let (begins, completes) = (matches!(verb, Some(0 | 1)), matches!(verb, Some(2 | 3)));
        let Some(id) = texts.play else {
            if (begins || completes) && row.lets && rows.in_range(row.time) {
                self.without.push((content, row.person, row.time, begins));
                rows.keep(40)?;
            }
            return Ok(());
        };
        let next = u32::try_from(self.plays.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(id).or_insert(next);
        if place == next {
            rows.keep(PLAY_BYTES)?;
            self.plays.push(Play {
                content,
                start: i64::MAX,
                completed: None,
                closed: None,
                failed: false,
                person: None,
                session: texts.session,
                started_by: None,
                lets: false,
            });
        }
        let Some(play) = self.plays.get_mut(place as usize) else { return Ok(()) };
        if begins {
            play.start = play.start.min(row.time);
            play.started_by = play.started_by.or(row.fact.started_by.and_then(|by| u8::try_from(by).ok()));
        }
        if completes {
            // A play completes once.
            play.completed = play.completed.or(Some(row.time));
        }
        if verb == Some(4) {
            play.closed = play.closed.or(Some(row.time));
        }
        play.failed |= verb == Some(5) && rows.in_range(row.time);
        play.person = row.person.or(play.person);
        play.lets |= row.lets;
        Ok(())
    }

    /// The plays that began in the range.
    pub(super) fn begun<'p>(&'p self, rows: &'p Rows<'_>) -> impl Iterator<Item = &'p Play> {
        self.plays.iter().filter(|play| play.lets && rows.in_range(play.start))
    }

    fn all(&self) -> impl Iterator<Item = &Play> {
        self.plays.iter().filter(|play| play.lets)
    }

    /// Begins in the range without a play's ID: each is a play of its own. Content, user and time.
    pub(super) fn single(&self) -> impl Iterator<Item = (TextId, Option<TextId>, i64)> {
        let begins = self.without.iter().filter(|(_, _, _, begins)| *begins);
        begins.map(|&(content, person, time, _)| (content, person, time))
    }

    pub(super) fn name(&self, content: TextId) -> Option<TextId> {
        self.names.get(&content).and_then(|(name, _)| *name)
    }
}

#[derive(Default)]
struct Item {
    plays: usize,
    completed: usize,
    closed: usize,
    failed: usize,
    without_play: usize,
    users: HashSet<TextId>,
    sessions: HashSet<TextId>,
    completed_users: HashSet<TextId>,
    times: Vec<i64>,
    started_by: [usize; 3],
}

/// Answers [`super::View::Contents`].
pub(super) fn contents(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let mut plays = Plays::new(rows)?;
    let mut trend = Trend::new(rows.selection, &question.zone, question.bucket, 2)?;
    rows.visit(SESSION_MS, SESSION_MS, &Kinds::ALL, None, Plays::reads(), |row| {
        trend.see(row.time);
        plays.take(rows, row)
    })?;
    let mut items = BTreeMap::<TextId, Item>::new();
    for play in plays.begun(rows) {
        let item = items.entry(play.content).or_default();
        item.plays += 1;
        item.users.extend(play.person);
        item.sessions.extend(play.session);
        item.closed += usize::from(play.closed.is_some() && play.completed.is_none());
        if let Some(count) =
            play.started_by.and_then(|by| by.checked_sub(1)).and_then(|by| item.started_by.get_mut(usize::from(by)))
        {
            *count += 1;
        }
        trend.count(0, play.start);
        if let Some(completed) = play.completed {
            trend.count(1, play.start);
            item.completed += 1;
            item.completed_users.extend(play.person);
            item.times.push(completed - play.start);
        }
    }
    for play in plays.all() {
        let item = items.entry(play.content).or_default();
        item.failed += usize::from(play.failed);
        if play.start < i64::MAX {
            continue;
        }
        if play.completed.is_some_and(|completed| rows.in_range(completed)) {
            item.without_play += 1;
            item.completed_users.extend(play.person);
        }
    }
    for &(content, person, time, begins) in &plays.without {
        let item = items.entry(content).or_default();
        if begins {
            item.plays += 1;
            item.users.extend(person);
            trend.count(0, time);
        } else {
            item.without_play += 1;
            item.completed_users.extend(person);
        }
    }
    // Content of which nothing happened in the range was only near it.
    items.retain(|_, item| item.plays + item.without_play + item.failed > 0);
    let mut report = Report::default();
    let sum = |of: fn(&Item) -> usize| items.values().map(of).sum::<usize>();
    let (total, completed) = (sum(|item| item.plays), sum(|item| item.completed));
    report.number("plays", total);
    report.number("completed_plays", completed);
    report.number("completion_rate", ratio(completed, total));
    report.tables.push(trend.table("trend", &["plays", "completed_plays"]));
    report.tables.push(table(rows, &plays, items)?.cut(question.limit));
    Ok(report)
}

fn table(rows: &Rows<'_>, plays: &Plays, items: BTreeMap<TextId, Item>) -> Result<Table, InsightError> {
    let mut table = Table::new(
        "contents",
        &[
            "content",
            "name",
            "content_type",
            "plays",
            "users",
            "sessions",
            "completed_plays",
            "completion_rate",
            "completed_users",
            "without_play",
            "closed",
            "failed",
            "median_time",
            "by_user",
            "by_rule",
            "by_code",
        ],
    );
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_by_key(|(content, item)| (std::cmp::Reverse(item.plays), *content));
    for (content, mut item) in items {
        let (name, kind) = plays.names.get(&content).copied().unwrap_or_default();
        let mut row = vec![rows.text(content)?.into(), rows.optional(name)?.into(), rows.optional(kind)?.into()];
        row.extend([item.plays, item.users.len(), item.sessions.len(), item.completed].map(Cell::from));
        row.push(ratio(item.completed, item.plays));
        row.extend([item.completed_users.len(), item.without_play, item.closed, item.failed].map(Cell::from));
        row.push(median(&mut item.times));
        row.extend(item.started_by.map(Cell::from));
        table.add(row);
    }
    Ok(table)
}
