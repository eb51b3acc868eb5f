//! The main numbers with trends, and what is most used.

use super::content::Plays;
use super::error::InsightError;
use super::group::{self, Group, GroupRow};
use super::ids::{Ids, Numbers};
use super::kinds::Kinds;
use super::lists::{Lists, Places};
use super::question::Question;
use super::report::Report;
use super::rows::{Rows, SESSION_MS};
use super::sessions::Starts;
use super::trend::Trend;
use crate::store::{READ, Reads, TextId, Texts};

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
    users: usize,
    users_now: Ids,
    /// Rows come by time, so that one step's users are known at a time.
    step: Option<usize>,
    users_of_step: Ids,
    starts: Starts,
    plays: Plays,
    lists: Lists,
    /// Page views, goals, and all events.
    counts: [usize; 3],
}

/// What a group has of a person.
#[derive(Clone)]
struct Seen {
    number: TextId,
    step: Option<usize>,
    /// The places of country, browser and system.
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
            users: 0,
            users_now: Ids::default(),
            step: None,
            users_of_step: Ids::default(),
            starts: Starts::default(),
            plays: Plays::new(rows)?,
            lists: Lists::default(),
            counts: [0; 3],
        })
    }

    fn take(&mut self, group: &Group<'_>) -> Result<(), InsightError> {
        let (rows, texts) = (self.rows, group.texts());
        let kinds: Vec<_> =
            texts.kind.into_iter().flat_map(|kind| kind.values()).map(|kind| self.kinds.place_of(*kind)).collect();
        let mut seen = vec![None; group.people()];
        let mut pages = Places::of(texts.path);
        let mut clients = [texts.country, texts.browser, texts.os].map(Places::of);
        for &GroupRow { at, time, lets } in group.rows() {
            let session = texts.session.and_then(|session| session.get(at));
            self.starts.take(rows, (session, time, lets), |start| self.trend.count(1, start))?;
            if texts.content.is_some_and(|content| content.get(at).is_some()) {
                self.plays.take(rows, &rows.row(&group.columns().fact(at))?)?;
            }
            if !rows.in_range(time) {
                continue;
            }
            let step = self.trend.place(time);
            self.trend.see_at(step);
            if !lets {
                continue;
            }
            let kind = texts.kind.and_then(|kind| kind.code(at)).and_then(|code| kinds.get(code).copied().flatten());
            self.count(kind, step);
            let mut client = [None; 3];
            for ((place, places), list) in client.iter_mut().zip(&mut clients).zip(&mut self.lists.clients) {
                *place = places.at(list, at);
                list.count(*place);
            }
            let page = if kind == Some(0) { pages.at(&mut self.lists.pages, at) } else { None };
            self.lists.pages.count(page);
            let Some((code, person)) = group.person(at) else { continue };
            let Some(seen) = seen.get_mut(code) else { continue };
            let seen = match seen {
                Some(seen) => seen,
                None => {
                    let (number, is_new) = self.people.number(rows, person)?;
                    self.users += usize::from(is_new);
                    seen.insert(Seen { number, step: None, client: None })
                }
            };
            self.add_user(seen, time, step)?;
            add_to_lists(rows, &mut self.lists, seen, page, client)?;
        }
        Ok(())
    }

    fn count(&mut self, kind: Option<usize>, step: Option<usize>) {
        for (is_counted, count, series) in [(kind == Some(0), 0, 2), (kind == Some(1), 1, 5), (true, 2, 6)] {
            if is_counted && let Some(count) = self.counts.get_mut(count) {
                *count += 1;
                self.trend.count_at(series, step);
            }
        }
    }

    /// Counts a user of a step.
    fn add_user(&mut self, seen: &mut Seen, time: i64, step: Option<usize>) -> Result<(), InsightError> {
        if time > self.now - NOW_MS && time <= self.now {
            self.rows.add(&mut self.users_now, Some(seen.number))?;
        }
        if seen.step == step && step == self.step {
            return Ok(());
        }
        if step != self.step {
            self.step = step;
            self.rows.release(self.users_of_step.bytes());
            self.users_of_step.clear();
        }
        seen.step = step;
        if self.rows.add(&mut self.users_of_step, Some(seen.number))? {
            self.trend.count_at(0, step);
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
        let values = [self.users, self.starts.counted(), page_views, begun, completed, goals, events];
        for (name, value) in SERIES.into_iter().zip(values) {
            report.number(name, value);
        }
        report.number("users_now", self.users_now.len());
        report.tables.push(self.trend.table("trend", &SERIES));
        self.lists.tables(rows, &self.plays, &mut report)?;
        Ok(report)
    }
}

/// Adds a user to the lists: once a group to those of the client, unless the client changes.
fn add_to_lists(
    rows: &Rows<'_>,
    lists: &mut Lists,
    seen: &mut Seen,
    page: Option<usize>,
    client: [Option<usize>; 3],
) -> Result<(), InsightError> {
    lists.pages.add_user(rows, page, Some(seen.number))?;
    if seen.client == Some(client) {
        return Ok(());
    }
    seen.client = Some(client);
    for (list, place) in lists.clients.iter_mut().zip(client) {
        list.add_user(rows, place, Some(seen.number))?;
    }
    Ok(())
}

/// The people of an overview, by numbers from 1 up.
#[derive(Default)]
struct People(Numbers);

impl People {
    fn number(&mut self, rows: &Rows<'_>, person: TextId) -> Result<(TextId, bool), InsightError> {
        let (number, is_new) = self.0.of(person);
        if is_new {
            rows.keep(Numbers::BYTES)?;
        }
        Ok((number, is_new))
    }

    fn known(&mut self, rows: &Rows<'_>, person: Option<TextId>) -> Result<Option<TextId>, InsightError> {
        Ok(person.map(|person| self.number(rows, person)).transpose()?.map(|(number, _)| number))
    }
}
