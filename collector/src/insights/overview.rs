//! The main numbers with trends, and what is most used.

use super::content::Plays;
use super::error::InsightError;
use super::ids::{IdMap, Ids, Numbers};
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::{Kinds, Row, Rows, SESSION_MS};
use super::sessions::Starts;
use super::trend::Trend;
use crate::store::{READ, Reads, TextId, Texts};
use std::cmp::Reverse;

/// Rows of each list.
const TOP: usize = 10;

/// Users who had an event in so much time are there now.
const NOW_MS: i64 = 300_000;

const SERIES: [&str; 7] = ["users", "sessions", "page_views", "plays", "completed_plays", "goals", "events"];

/// Answers [`super::View::Overview`].
pub(super) fn overview(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let mut report = Report::default();
    let mut trend = Trend::new(rows.selection, &question.zone, question.bucket, SERIES.len())?;
    let (mut people, mut now) = (People::default(), Ids::default());
    let mut users = 0;
    // Rows come by time, so that one step's users are known at a time.
    let (mut step, mut of_step) = (None, Ids::default());
    let (mut starts, mut plays) = (Starts::default(), Plays::new(rows)?);
    let (mut lists, mut counts) = (Lists::default(), [0_usize; 3]);
    let kinds = rows.kinds(&["pageView", "goal"])?;
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
    rows.visit(SESSION_MS, SESSION_MS, &Kinds::ALL, None, reads, |row| {
        starts.take(rows, row, |start| trend.count(1, start))?;
        plays.take(rows, row)?;
        if !rows.in_range(row.time) {
            return Ok(());
        }
        trend.see(row.time);
        if !row.lets {
            return Ok(());
        }
        let person = row.person.map(|person| people.number(rows, person)).transpose()?;
        if let Some((person, is_new)) = person {
            users += usize::from(is_new);
            if row.time > question.now - NOW_MS && row.time <= question.now {
                rows.add(&mut now, Some(person))?;
            }
            let place = trend.place(row.time);
            if place != step {
                step = place;
                rows.release(of_step.bytes());
                of_step.clear();
            }
            if rows.add(&mut of_step, Some(person))? {
                trend.count(0, row.time);
            }
        }
        let place = kinds.place(row);
        for (count, series) in [(place == Some(0), 2), (place == Some(1), 5), (true, 6)] {
            if count {
                trend.count(series, row.time);
            }
        }
        counts[0] += usize::from(place == Some(0));
        counts[1] += usize::from(place == Some(1));
        counts[2] += 1;
        lists.take(rows, row, person.map(|(person, _)| person), place == Some(0))
    })?;
    let sessions = starts.counted();
    let (mut begun, mut completed) = (0, 0);
    for play in plays.begun(rows) {
        begun += 1;
        trend.count(3, play.start);
        if play.completed.is_some() {
            completed += 1;
            trend.count(4, play.start);
        }
        lists.add(rows, CONTENTS, Some(play.content), people.known(rows, play.person)?)?;
    }
    for (content, person, time) in plays.single() {
        begun += 1;
        trend.count(3, time);
        lists.add(rows, CONTENTS, Some(content), people.known(rows, person)?)?;
    }
    let [page_views, goals, events] = counts;
    let values = [users, sessions, page_views, begun, completed, goals, events];
    for (name, value) in SERIES.into_iter().zip(values) {
        report.number(name, value);
    }
    report.number("users_now", now.len());
    report.tables.push(trend.table("trend", &SERIES));
    lists.tables(rows, &plays, &mut report)?;
    Ok(report)
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

/// Of each text, a count and the users.
type Counted = IdMap<Option<TextId>, (usize, Ids)>;

/// What is most used: content, pages, countries, browsers and systems.
#[derive(Default)]
struct Lists {
    by: [Counted; 5],
}

const CONTENTS: usize = 0;
const PAGES: usize = 1;

impl Lists {
    fn take(
        &mut self,
        rows: &Rows<'_>,
        row: &Row<'_>,
        person: Option<TextId>,
        is_view: bool,
    ) -> Result<(), InsightError> {
        let texts = &row.fact.texts;
        if is_view {
            self.add(rows, PAGES, texts.path, person)?;
        }
        for (list, text) in [(2, texts.country), (3, texts.browser), (4, texts.os)] {
            self.add(rows, list, text, person)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        rows: &Rows<'_>,
        list: usize,
        text: Option<TextId>,
        person: Option<TextId>,
    ) -> Result<(), InsightError> {
        let Some(list) = self.by.get_mut(list) else { return Ok(()) };
        let (count, people) = list.entry(text).or_default();
        *count += 1;
        rows.add(people, person).map(drop)
    }

    fn tables(self, rows: &Rows<'_>, plays: &Plays, report: &mut Report) -> Result<(), InsightError> {
        let names = ["top_contents", "top_pages", "countries", "browsers", "systems"];
        let columns: [&[&str]; 5] = [
            &["content", "name", "plays", "users"],
            &["path", "page_views", "users"],
            &["country", "events", "users"],
            &["browser", "events", "users"],
            &["os", "events", "users"],
        ];
        for ((name, columns), (list, by)) in names.into_iter().zip(columns).zip(self.by.into_iter().enumerate()) {
            let mut table = Table::new(name, columns);
            let mut entries: Vec<_> =
                by.into_iter().map(|(text, (count, people))| (text, count, people.len())).collect();
            // By users where that is what is compared, else by count.
            entries.sort_by_key(|&(text, count, people)| {
                (Reverse(if list > PAGES { people } else { count }), Reverse(count), text)
            });
            table.total = entries.len();
            for (text, count, people) in entries.into_iter().take(TOP) {
                let mut row = vec![Cell::from(rows.optional(text)?)];
                if list == CONTENTS {
                    row.push(
                        text.and_then(|content| plays.name(content)).map(|name| rows.text(name)).transpose()?.into(),
                    );
                }
                row.extend([count.into(), people.into()]);
                table.add(row);
            }
            report.tables.push(table);
        }
        Ok(())
    }
}
