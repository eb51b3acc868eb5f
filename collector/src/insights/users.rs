//! Each user with an event in the range.

use super::error::InsightError;
use super::ids::{IdMap, IdPairs, Ids};
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::Rows;
use super::statistics::ratio;
use crate::store::{READ, Reads, TextId, Texts};

struct User {
    first: i64,
    last: i64,
    events: u32,
    plays: u32,
    completed: u32,
    identified: bool,
    country: Option<TextId>,
    city: Option<TextId>,
    browser: Option<TextId>,
    os: Option<TextId>,
}

const DAY_MS: i64 = 86_400_000;

/// Answers [`super::View::Users`].
pub(super) fn users(rows: &Rows<'_>, question: &Question) -> Result<Report, InsightError> {
    let kinds = rows.kinds(&["play", "open", "complete", "submit"])?;
    let mut users = IdMap::<TextId, User>::default();
    let mut sessions = IdPairs::<(TextId, TextId)>::default();
    let mut active = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS].map(|length| (length, Ids::default()));
    let end = rows.selection.to.min(question.now);
    let reads = Reads::texts(Texts {
        kind: READ,
        session: READ,
        user: READ,
        content: READ,
        country: READ,
        city: READ,
        browser: READ,
        os: READ,
        ..Texts::default()
    });
    rows.visit(0, 0, &Kinds::ALL, None, reads, |row| {
        let Some(person) = row.person.filter(|_| row.lets) else { return Ok(()) };
        let texts = &row.fact.texts;
        if !users.contains_key(&person) {
            rows.keep(72)?;
        }
        let user = users.entry(person).or_insert(User {
            first: row.time,
            last: row.time,
            events: 0,
            plays: 0,
            completed: 0,
            identified: false,
            country: None,
            city: None,
            browser: None,
            os: None,
        });
        user.last = row.time;
        user.events += 1;
        match kinds.place(row) {
            Some(0 | 1) if texts.content.is_some() => user.plays += 1,
            Some(2 | 3) if texts.content.is_some() => user.completed += 1,
            _ => {}
        }
        user.identified |= row.fact.identified || texts.user.is_some_and(|user| rows.is_linked(user));
        user.country = texts.country.or(user.country);
        user.city = texts.city.or(user.city);
        user.browser = texts.browser.or(user.browser);
        user.os = texts.os.or(user.os);
        if texts.session.is_some_and(|session| sessions.insert((person, session))) {
            rows.keep(16)?;
        }
        for (length, people) in &mut active {
            if row.time >= end - *length && row.time < end {
                rows.add(people, Some(person))?;
            }
        }
        Ok(())
    })?;
    let mut counts = IdMap::<TextId, usize>::default();
    sessions.iter().for_each(|(person, _)| *counts.entry(*person).or_default() += 1);
    let mut report = Report::default();
    let identified = users.values().filter(|user| user.identified).count();
    report.number("users", users.len());
    report.number("identified_share", ratio(identified, users.len()));
    for ((_, people), name) in active.iter().zip(["active_day", "active_week", "active_month"]) {
        report.number(name, people.len());
    }
    let columns = [
        "user",
        "identified",
        "first",
        "last",
        "sessions",
        "events",
        "plays",
        "completed_plays",
        "country",
        "city",
        "browser",
        "os",
    ];
    let mut table = Table::new("users", &columns);
    table.total = users.len();
    let mut users: Vec<_> = users.into_iter().collect();
    users.sort_by_key(|(person, user)| (std::cmp::Reverse(user.last), *person));
    for (person, user) in users.into_iter().take(question.limit) {
        let mut row: Vec<Cell> = vec![rows.text(person)?.into()];
        row.push(if user.identified { "identified" } else { "anonymous" }.into());
        row.extend([user.first.into(), user.last.into()]);
        row.push(counts.get(&person).copied().unwrap_or_default().into());
        row.extend([user.events, user.plays, user.completed].map(|count| Cell::from(u64::from(count))));
        for text in [user.country, user.city, user.browser, user.os] {
            row.push(rows.optional(text)?.into());
        }
        table.add(row);
    }
    report.tables.push(table);
    Ok(report)
}
