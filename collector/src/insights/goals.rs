//! How many users reach each of several goals, and how many of them had seen a content before. Who saw it chose to, or was
//! chosen: the numbers say nothing about the cause.

use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::kinds::Kinds;
use super::question::Goals;
use super::report::{Cell, Report, Table};
use super::rows::Rows;
use super::statistics::{median, ratio};
use crate::store::{READ, Reads, TextId, Texts};

/// The types that show a content.
const SHOWS: [&str; 3] = ["play", "open", "step"];

#[derive(Default)]
struct Reached {
    users: Ids,
    /// Users who had seen the content before, and who saw it later.
    after: usize,
    later: usize,
    times: Vec<i64>,
}

/// Answers [`super::View::Goals`].
pub(super) fn goals(rows: &Rows<'_>, Goals { goals, content }: &Goals) -> Result<Report, InsightError> {
    let shows = rows.kinds(&SHOWS)?;
    let content = content.as_deref().map(|content| rows.find(content)).transpose()?.flatten();
    let mut reads = Reads::texts(Texts { kind: READ, user: READ, content: READ, ..Texts::default() });
    let mut tests = Vec::new();
    for goal in goals {
        reads = rows.step_reads(goal, reads);
        tests.push((rows.step(goal)?, Reached::default()));
    }
    let (mut users, mut seen) = (Ids::default(), IdMap::<TextId, i64>::default());
    rows.visit(0, 0, &Kinds::ALL, None, reads, |row| {
        let Some(person) = row.person.filter(|_| row.lets) else { return Ok(()) };
        rows.add(&mut users, Some(person))?;
        for (is_of, reached) in &mut tests {
            // Only the first time counts.
            if !is_of(row)? || !rows.add(&mut reached.users, Some(person))? {
                continue;
            }
            if let Some(since) = seen.get(&person) {
                reached.after += 1;
                reached.times.push(row.time - since);
                rows.keep(size_of::<i64>())?;
            }
        }
        if content.is_some()
            && row.fact.texts.content == content
            && shows.place(row).is_some()
            && !seen.contains_key(&person)
        {
            seen.insert(person, row.time);
            rows.keep(18)?;
            for (_, reached) in &mut tests {
                reached.later += usize::from(reached.users.contains(person));
            }
        }
        Ok(())
    })?;
    let mut report = Report::default();
    report.number("users", users.len());
    report.number("content_users", content.map(|_| seen.len()));
    let columns =
        ["goal", "users", "of_users", "after_content", "of_content", "without_content", "of_others", "median_time"];
    let mut table = Table::new("goals", &columns);
    for (goal, (_, mut reached)) in goals.iter().zip(tests) {
        let count = reached.users.len();
        let mut row = vec![goal.text.clone().into(), count.into(), ratio(count, users.len())];
        row.extend(match content {
            None => [(); 5].map(|()| Cell::None),
            Some(_) => {
                let without = count - reached.after;
                let others = users.len() - seen.len();
                [
                    reached.after.into(),
                    ratio(reached.after, seen.len()),
                    without.into(),
                    ratio(without - reached.later, others),
                    median(&mut reached.times),
                ]
            }
        });
        table.add(row);
    }
    report.tables.push(table);
    Ok(report)
}
