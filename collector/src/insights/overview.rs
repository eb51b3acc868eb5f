//! The main numbers with trends, and what is most used.

use super::content::Plays;
use super::error::InsightError;
use super::group::{self, Group, GroupRow};
use super::ids::{Ids, Numbers};
use super::kinds::Kinds;
use super::lists::{Lists, Places};
use super::question::Question;
use super::report::Report;
use super::row::Row;
use super::rows::{Rows, SESSION_MS};
use super::sessions::Starts;
use super::trend::Trend;
use crate::store::{Codes, READ, Reads, TextId, Texts};

/// Users who had an event in so much time are there now.
const NOW_MS: i64 = 300_000;

const SERIES: [&str; 7] = ["users", "sessions", "page_views", "plays", "completed_plays", "goals", "events"];

/// The types that are counted by themselves.
const KINDS: [&str; 2] = ["pageView", "goal"];

/// Answers [`super::View::Overview`].
pub(super) fn overview(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let mut overview = Overview::new(rows, question)?;
    let reads = Reads::texts(Texts {
        kind: READ,
        session: READ,
        user: READ,
        path: READ,
        content: READ,
        play: READ,
        name: READ,
        country: READ,
        browser: READ,
        os: READ,
        ..Texts::default()
    });
    group::visit(rows, (SESSION_MS, SESSION_MS), reads, |group| overview.take(group))?;
    overview.end()
}

struct Overview<'r> {
    rows: &'r Rows<'r>,
    now: i64,
    trend: Trend,
    kinds: Kinds,
    people: People,
    users: Ids,
    users_now: Ids,
    /// Rows come by time, so that one step's users are known at a time.
    step: Option<usize>,
    users_of_step: Ids,
    starts: Starts,
    plays: Plays,
    lists: Lists,
    /// Page views, goals, and all events.
    counts: [usize; 3],
    /// Of the group that is taken: the rows that count, and the page views among them. Their memory is used again.
    counted: Vec<Counted>,
    views: Vec<u32>,
}

/// A counted row of a group: its place in the columns, and its step.
#[derive(Clone, Copy)]
struct Counted {
    at: u32,
    step: Option<u32>,
}

/// What a group has of a person.
#[derive(Clone, Default)]
struct Seen {
    step: Option<usize>,
    /// The codes of country, browser and system.
    client: Option<[Option<usize>; 3]>,
}

impl<'r> Overview<'r> {
    fn new(rows: &'r Rows<'r>, question: &Question) -> Result<Self, InsightError> {
        Ok(Overview {
            rows,
            now: question.now,
            trend: Trend::new(rows.selection, &question.zone, question.bucket, SERIES.len())?,
            kinds: rows.kinds(&KINDS)?,
            people: People::default(),
            users: Ids::default(),
            users_now: Ids::default(),
            step: None,
            users_of_step: Ids::default(),
            starts: Starts::default(),
            plays: Plays::new(rows)?,
            lists: Lists::default(),
            counts: [0; 3],
            counted: Vec::new(),
            views: Vec::new(),
        })
    }

    /// What a group has many times is looked up once: a column at a time, by the codes of its values.
    fn take(&mut self, group: &Group<'_>) -> Result<(), InsightError> {
        self.take_whole(group)?;
        let (mut counted, mut views) = (std::mem::take(&mut self.counted), std::mem::take(&mut self.views));
        counted.clear();
        views.clear();
        for &GroupRow { at, lets } in group.rows() {
            let time = group.columns().time(at as usize);
            if self.rows.in_range(time) {
                let step = self.trend.place(time);
                self.trend.see_at(step);
                if lets {
                    counted.push(Counted { at, step: step.and_then(|step| u32::try_from(step).ok()) });
                }
            }
        }
        let texts = group.texts();
        self.count(texts.kind, &counted, &mut views);
        for (column, list) in [texts.country, texts.browser, texts.os].into_iter().zip(&mut self.lists.clients) {
            list.count_all(column, counted.iter().map(|row| row.at as usize));
        }
        self.lists.pages.count_all(texts.path, views.iter().map(|at| *at as usize));
        self.add_users(group, &counted, &views)?;
        (self.counted, self.views) = (counted, views);
        Ok(())
    }

    /// Sessions and plays are counted whole: rows that are near the range, or that the filters do not let through, may
    /// belong to one that counts.
    fn take_whole(&mut self, group: &Group<'_>) -> Result<(), InsightError> {
        let (rows, texts) = (self.rows, group.texts());
        let mut is_known = vec![false; texts.session.map_or(0, |session| session.values().len())];
        let mut fact = group.columns().fact(0);
        for &GroupRow { at, lets } in group.rows() {
            let at = at as usize;
            if let Some(session) = texts.session
                && let Some(is_known) = session.code(at).and_then(|code| is_known.get_mut(code))
                && !*is_known
            {
                let time = group.columns().time(at);
                self.starts.take(rows, (session.get(at), time, lets), |start| self.trend.count(1, start))?;
                *is_known = lets;
            }
            let text = |column: Option<&Codes<TextId>>| column.and_then(|column| column.get(at));
            fact.texts.content = text(texts.content);
            if fact.texts.content.is_some() {
                let time = group.columns().time(at);
                fact.texts.kind = text(texts.kind);
                fact.texts.play = text(texts.play);
                fact.texts.name = text(texts.name);
                self.plays.take(rows, &Row { fact: &fact, time, person: group.person_of(at), lets })?;
            }
        }
        Ok(())
    }

    /// Counts events, and finds the page views.
    fn count(&mut self, column: Option<&Codes<TextId>>, counted: &[Counted], views: &mut Vec<u32>) {
        let kind = |kind: &Option<TextId>| self.kinds.place_of(*kind);
        let kinds: Vec<_> = column.into_iter().flat_map(Codes::values).map(kind).collect();
        for &Counted { at, step } in counted {
            let step = step.map(|step| step as usize);
            let code = column.and_then(|column| column.code(at as usize));
            let kind = code.and_then(|code| kinds.get(code).copied().flatten());
            if kind == Some(0) {
                views.push(at);
            }
            for (is_counted, count, series) in [(kind == Some(0), 0, 2), (kind == Some(1), 1, 5), (true, 2, 6)] {
                if is_counted && let Some(count) = self.counts.get_mut(count) {
                    *count += 1;
                    self.trend.count_at(series, step);
                }
            }
        }
    }

    fn add_users(&mut self, group: &Group<'_>, counted: &[Counted], views: &[u32]) -> Result<(), InsightError> {
        let (rows, texts) = (self.rows, group.texts());
        // One after the other, which the processor does for many at a time.
        let numbers = group.people().map(|person| self.people.known(rows, person)).collect::<Result<Vec<_>, _>>()?;
        let mut seen = vec![Seen::default(); numbers.len()];
        let clients = [texts.country, texts.browser, texts.os];
        let mut places = clients.map(Places::of);
        for &Counted { at, step } in counted {
            let (at, step) = (at as usize, step.map(|step| step as usize));
            let Some(code) = group.person(at) else { continue };
            let (Some(Some(number)), Some(seen)) = (numbers.get(code).copied(), seen.get_mut(code)) else { continue };
            let time = group.columns().time(at);
            if time > self.now - NOW_MS && time <= self.now {
                rows.add(&mut self.users_now, Some(number))?;
            }
            if step != self.step {
                self.step = step;
                rows.release(self.users_of_step.bytes());
                self.users_of_step.clear();
            }
            let client = clients.map(|column| column.and_then(|column| column.code(at)));
            if seen.client.is_some() && seen.step == step && seen.client == Some(client) {
                continue;
            }
            rows.add(&mut self.users, Some(number))?;
            if rows.add(&mut self.users_of_step, Some(number))? {
                self.trend.count_at(0, step);
            }
            *seen = Seen { step, client: Some(client) };
            for (list, places) in self.lists.clients.iter_mut().zip(&mut places) {
                let place = places.at(list, at);
                list.add_user(rows, place, Some(number))?;
            }
        }
        let mut places = Places::of(texts.path);
        for at in views.iter().map(|at| *at as usize) {
            let number = group.person(at).and_then(|code| numbers.get(code).copied().flatten());
            let place = places.at(&mut self.lists.pages, at);
            self.lists.pages.add_user(rows, place, number)?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<Report, InsightError> {
        let (rows, mut report) = (self.rows, Report::default());
        let (mut begun, mut completed) = (0, 0);
        for play in self.plays.begun(rows) {
            begun += 1;
            self.trend.count(3, play.start);
            if play.completed.is_some() {
                completed += 1;
                self.trend.count(4, play.start);
            }
            self.lists.contents.add(rows, Some(play.content), self.people.known(rows, play.person)?)?;
        }
        for (content, person, time) in self.plays.single() {
            begun += 1;
            self.trend.count(3, time);
            self.lists.contents.add(rows, Some(content), self.people.known(rows, person)?)?;
        }
        let [page_views, goals, events] = self.counts;
        let values = [self.users.len(), self.starts.counted(), page_views, begun, completed, goals, events];
        for (name, value) in SERIES.into_iter().zip(values) {
            report.number(name, value);
        }
        report.number("users_now", self.users_now.len());
        report.tables.push(self.trend.table("trend", &SERIES));
        self.lists.tables(rows, &self.plays, &mut report)?;
        Ok(report)
    }
}

/// The people of an overview, by numbers from 1 up.
#[derive(Default)]
struct People(Numbers);

impl People {
    fn known(&mut self, rows: &Rows<'_>, person: Option<TextId>) -> Result<Option<TextId>, InsightError> {
        let Some(person) = person else { return Ok(None) };
        let (number, is_new) = self.0.of(person);
        if is_new {
            rows.keep(Numbers::BYTES)?;
        }
        Ok(Some(number))
    }
}
