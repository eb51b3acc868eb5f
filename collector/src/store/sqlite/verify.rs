//! Checks a file: SQLite's own check, and whether the counters of sites, days and tabs agree with the events.

use super::facts::FOLLOWER;
use super::schema::SCHEMA;
use super::tabs;
use crate::store::facts::row::Texts;
use crate::store::{AuditCounts, AuditRow, Days, StoreError};
use rusqlite::{Connection, OpenFlags, Row};
use std::collections::BTreeMap;
use std::path::Path;

/// Result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Number of events.
    pub events: u64,
    /// Number of tabs.
    pub tabs: u64,
    /// The faults, one line each; empty for a sound file.
    pub wrong: Vec<String>,
}

/// Checks the whole file, which may be in use.
///
/// # Errors
/// [`StoreError`] if it cannot be opened as a store. Faults inside are in the verdict.
pub fn verify(file: &Path) -> Result<Verdict, StoreError> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(super::BUSY_TIMEOUT)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA {
        return Err(StoreError::Newer { found, known: SCHEMA });
    }
    if found < SCHEMA {
        return Err(StoreError::Older { found, known: SCHEMA });
    }
    // One snapshot, unaffected by concurrent writes.
    connection.execute_batch("BEGIN")?;
    let mut verdict = Verdict::default();
    for check in [whole, counted, summed, numbered, told, states, cursors, facts] {
        if let Err(error) = check(&connection, &mut verdict) {
            verdict.wrong.push(error.to_string());
        }
    }
    Ok(verdict)
}

/// The pages, the trees and the indexes.
fn whole(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    let mut check = connection.prepare("PRAGMA integrity_check")?;
    let lines: Vec<String> = check.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    verdict.wrong.extend(lines.into_iter().filter(|line| line != "ok"));
    Ok(())
}

/// For each site: every stored event exists or was erased.
fn counted(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    const COUNTS: &str = "
        SELECT site, sum(stored), sum(there), sum(erased) FROM (
            SELECT site, stored, 0 AS there, 0 AS erased FROM days
            UNION ALL SELECT site, 0, count(*), 0 FROM events GROUP BY site
            UNION ALL SELECT site, 0, 0, events FROM erasures WHERE site IS NOT NULL
        ) GROUP BY site";
    let mut counts = connection.prepare(COUNTS)?;
    let mut rows = counts.query([])?;
    while let Some(row) = rows.next()? {
        let (site, stored, there, erased): (String, i64, i64, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        verdict.events += there.unsigned_abs();
        if stored != there + erased {
            let wrong = format!("site {site}: {stored} events were stored, {there} are there and {erased} were erased");
            verdict.wrong.push(wrong);
        }
    }
    Ok(())
}

/// For each site and day: the sums agree with its tabs.
fn summed(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    let mut sums = BTreeMap::<_, AuditCounts>::new();
    tabs::each(connection, |site, tab| {
        let sum = sums.entry((tab.day, site)).or_default();
        *sum = sum.plus(&tab.figures());
        verdict.tabs += 1;
    })?;
    for AuditRow { site, day, figures } in tabs::audit(connection, &Days::default())? {
        if sums.remove(&(day, site.clone())) != Some(figures) {
            verdict.wrong.push(format!("site {site}, {day}: the sums are not those of its tabs"));
        }
    }
    verdict.wrong.extend(sums.into_keys().map(|(day, site)| format!("site {site}, {day}: there are tabs and no sums")));
    Ok(())
}

/// For each tab: no more events exist than were stored.
fn numbered(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    const TABS: &str = "
        SELECT there.site, there.tab, there.events, tabs.stored FROM (
            SELECT site, json_extract(body, '$.server.tab') AS tab, count(*) AS events FROM events GROUP BY 1, 2
        ) AS there LEFT JOIN tabs ON tabs.site = there.site AND tabs.tab = unhex(replace(there.tab, '-', ''))
        WHERE there.events > coalesce(tabs.stored, 0) AND length(unhex(replace(there.tab, '-', ''))) = 16";
    let mut tabs = connection.prepare(TABS)?;
    let wrong = tabs.query_map([], |row: &Row<'_>| {
        let (site, tab, there, stored): (String, String, i64, Option<i64>) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(format!("site {site}, tab {tab}: {there} events are there, and {} were stored", stored.unwrap_or_default()))
    })?;
    for line in wrong {
        verdict.wrong.push(line?);
    }
    Ok(())
}

/// For each event: its columns agree with its JSON.
fn told(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    const OTHERS: &str = "
        SELECT count(*) FROM events WHERE NOT json_valid(body)
            OR coalesce(json_extract(body, '$.server.site'), site) <> site
            OR coalesce(json_extract(body, '$.type'), type) <> type
            OR coalesce(user, known) IS NOT json_extract(body, '$.wm.euId')";
    let others: i64 = connection.query_row(OTHERS, [], |row| row.get(0))?;
    if others > 0 {
        verdict
            .wrong
            .push(format!("{others} events are not of the site, the type or the user that they are kept under"));
    }
    Ok(())
}

/// For each state entry: it can be exported.
fn states(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    const OTHERS: &str = "
        SELECT count(*) FROM states
        WHERE version NOT BETWEEN 0 AND 4294967295 OR NOT json_valid(coalesce(value, 'null'))";
    let others: i64 = connection.query_row(OTHERS, [], |row| row.get(0))?;
    if others > 0 {
        verdict.wrong.push(format!("{others} entries of kept state are not JSON, or of no version"));
    }
    Ok(())
}

/// For each cursor: it is not beyond the newest position, or its reader would skip the next events.
fn cursors(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    const BEYOND: &str = "
        SELECT name, position, newest FROM cursors,
            (SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS newest)
        WHERE position NOT BETWEEN 0 AND newest";
    let mut beyond = connection.prepare(BEYOND)?;
    let wrong = beyond.query_map([], |row: &Row<'_>| {
        let (name, position, newest): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!("cursor {name}: it is at {position}, and the newest event has been at {newest}"))
    })?;
    for line in wrong {
        verdict.wrong.push(line?);
    }
    Ok(())
}

/// For the facts: each event up to their cursor has one, no other event has, and the dictionary counts their texts.
fn facts(connection: &Connection, verdict: &mut Verdict) -> rusqlite::Result<()> {
    const UPTO: &str = "SELECT coalesce((SELECT position FROM cursors WHERE name = ?1), 0)";
    const LACKING: &str = "
        SELECT (SELECT count(*) FROM events WHERE n <= ?1 AND n NOT IN (SELECT n FROM facts)),
            (SELECT count(*) FROM facts WHERE n > ?1 OR n NOT IN (SELECT n FROM events))";
    let upto: i64 = connection.query_row(UPTO, [FOLLOWER], |row| row.get(0))?;
    let (lacking, beyond): (i64, i64) = connection.query_row(LACKING, [upto], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if lacking > 0 || beyond > 0 {
        let wrong = format!("facts: {lacking} events have none, and {beyond} are of no event; rebuild them");
        verdict.wrong.push(wrong);
    }
    let texts = Texts::<()>::NAMES;
    let used = texts.iter().map(|name| format!("SELECT {name} AS id FROM facts WHERE {name} IS NOT NULL"));
    let used = used.chain(["SELECT site FROM facts".to_owned()]).collect::<Vec<_>>().join(" UNION ALL ");
    let unequal = format!(
        "SELECT count(*) FROM texts LEFT JOIN (SELECT id, count(*) AS uses FROM ({used}) GROUP BY id) AS counted
            ON counted.id = texts.id
         WHERE texts.uses IS NOT coalesce(counted.uses, 0) OR texts.uses = 0"
    );
    let unequal: i64 = connection.query_row(&unequal, [], |row| row.get(0))?;
    match super::facts::unequal(connection) {
        Ok(0) => {}
        Ok(groups) => verdict.wrong.push(format!("facts: {groups} groups are not as their rows are; rebuild them")),
        Err(error) => verdict.wrong.push(format!("facts: {error}")),
    }
    if unequal > 0 {
        verdict.wrong.push(format!("facts: {unequal} texts are not used as often as they say; rebuild them"));
    }
    Ok(())
}
