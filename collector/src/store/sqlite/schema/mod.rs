//! The tables, and how an older file gets the newest ones.

mod insights;

use crate::store::StoreError;
use insights::{FACTS, GROUPS};
use rusqlite::{Connection, TransactionBehavior};

/// One step for each version of the schema. The file holds its version (`PRAGMA user_version`); opening it runs the
/// steps that are missing.
const STEPS: [Step; 1] = [&[EVENTS, FACTS, GROUPS, SHARES, SAVED, SINKS]];

/// What a step runs, in this order.
type Step<'a> = &'a [&'a str];

/// The newest version.
pub(super) const SCHEMA: i64 = STEPS.len() as i64;

/// - `events`: `n` is the position in commit order. `AUTOINCREMENT`, because SQLite would otherwise give the numbers of
///   erased events to new ones, which a reader behind a cursor would never see. The unique index on `id` is cheap
///   because ids grow with time. `WITHOUT ROWID` with the id as the key was measured against it: bodies of 1 kB in the
///   index's own nodes cost five times the CPU per event (51 against 11 µs) and 16 % more space, for a scan that is no
///   faster (2 shared cores, November 2026). `user` is the anonymous ID by which an event can be erased, `known` the ID
///   of a known user, `linked` the anonymous ID that an `identify` event names. `user` and `known` are apart because a
///   site may give a known user the same text as an ID: those events are not a browser's to erase.
/// - `cursors`: the position up to which each reader of commits has processed the events.
/// - `probe`: written by readiness checks.
/// - `tabs`, `days`: what is known of each tab, and its sums for each site and day. An audit reads no tabs.
/// - `erasures`: how much was erased, when, and who asked.
/// - `states`: what is remembered of users between browsers. A removed entry has no value.
const EVENTS: &str = "
    CREATE TABLE events (
        n        INTEGER PRIMARY KEY AUTOINCREMENT,
        id       BLOB NOT NULL UNIQUE,
        site     TEXT NOT NULL,
        type     TEXT NOT NULL,
        time     INTEGER NOT NULL,
        received INTEGER NOT NULL,
        body     TEXT NOT NULL,
        user     TEXT,
        known    TEXT,
        linked   TEXT
    ) STRICT;
    CREATE INDEX users ON events (user) WHERE user IS NOT NULL;
    CREATE INDEX known ON events (known) WHERE known IS NOT NULL;
    CREATE INDEX linked ON events (linked) WHERE linked IS NOT NULL;
    CREATE TABLE cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL) STRICT;
    CREATE TABLE tabs (
        site       TEXT NOT NULL,
        tab        BLOB NOT NULL,
        day        TEXT NOT NULL,
        numbers    INTEGER NOT NULL,
        stored     INTEGER NOT NULL,
        duplicate  INTEGER NOT NULL,
        lost       TEXT NOT NULL,
        upto       INTEGER NOT NULL,
        ahead_from INTEGER NOT NULL,
        ahead_to   INTEGER NOT NULL,
        PRIMARY KEY (site, tab)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE days (
        day       TEXT NOT NULL,
        site      TEXT NOT NULL,
        tabs      INTEGER NOT NULL,
        created   INTEGER NOT NULL,
        stored    INTEGER NOT NULL,
        duplicate INTEGER NOT NULL,
        lost      TEXT NOT NULL,
        missing   INTEGER NOT NULL,
        surplus   INTEGER NOT NULL,
        PRIMARY KEY (day, site)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE erasures (
        n      INTEGER PRIMARY KEY,
        time   INTEGER NOT NULL,
        site   TEXT,
        asked  TEXT NOT NULL,
        events INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX erased ON erasures (time);
    CREATE TABLE states (
        user    TEXT NOT NULL,
        site    TEXT NOT NULL,
        kind    TEXT NOT NULL,
        name    TEXT NOT NULL,
        version INTEGER NOT NULL,
        at      INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        value   TEXT,
        PRIMARY KEY (user, site, kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lapsing ON states (expires);
";

/// - `shares`: shared links. `hash` is that of the token, which is not here; `query` has the parameters of the view.
const SHARES: &str = "
    CREATE TABLE shares (
        id      TEXT PRIMARY KEY,
        hash    BLOB NOT NULL UNIQUE,
        site    TEXT NOT NULL,
        view    TEXT NOT NULL,
        query   TEXT NOT NULL,
        name    TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        used    INTEGER
    ) STRICT, WITHOUT ROWID;
";

/// - `sinks`: the sinks that are told of erasures. A row stays when the sink is no longer configured, so that it hears of
///   what was erased meanwhile.
/// - `notices`: the erasures that a sink has not been told of. `user` is a hash of the ID.
const SINKS: &str = "
    CREATE TABLE sinks (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE notices (
        n     INTEGER PRIMARY KEY AUTOINCREMENT,
        sink  TEXT NOT NULL,
        site  TEXT,
        user  BLOB NOT NULL,
        scope TEXT NOT NULL,
        time  INTEGER NOT NULL,
        asked TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX notice ON notices (sink, user, scope, coalesce(site, ''));
";

/// - `saved`: segments and goals of a site's insights by name. `query` has their parameters.
const SAVED: &str = "
    CREATE TABLE saved (
        site  TEXT NOT NULL,
        kind  TEXT NOT NULL,
        name  TEXT NOT NULL,
        query TEXT NOT NULL,
        at    INTEGER NOT NULL,
        PRIMARY KEY (site, kind, name)
    ) STRICT, WITHOUT ROWID;
";

/// Size of the page cache, as SQLite reads it: KiB are negative. A commit that has split a page of an index looks through
/// the whole cache (`pcache1TruncateUnsafe`), so a larger one costs each commit more. What is not in it is most often in
/// the system's cache of the file.
const CACHE_KIB: i64 = -16_384;

/// Sets the connection up, and brings the file to the newest schema.
///
/// # Errors
/// [`StoreError::Newer`] for a file of a newer collector, [`StoreError::Foreign`] for a database of something else, and
/// what SQLite refuses.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    // Before the first table, or it has no effect: events of 1 kB fit better.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    // 32 MiB of log before it is worked into the file: a page that many commits change is then written there once for
    // all.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    // After a burst the log shrinks again.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // What is erased is overwritten, not only taken off the lists.
    connection.pragma_update(None, "secure_delete", true)?;
    migrate(connection, &STEPS)
}

fn migrate(connection: &mut Connection, steps: &[Step]) -> Result<(), StoreError> {
    let newest = steps.len() as i64;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = usize::try_from(found).ok().and_then(|done| steps.get(done..));
    let Some(missing) = missing else { return Err(StoreError::Newer { found, known: newest }) };
    if found == 0 {
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables > 0 {
            return Err(StoreError::Foreign);
        }
    } else if !missing.is_empty() {
        tracing::info!("bringing the store from schema {found} to {newest}; a large one takes a while");
    }
    for part in missing.iter().copied().flatten() {
        transaction.execute_batch(part)?;
    }
    transaction.pragma_update(None, "user_version", newest)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step that no collector has.
    const MADE_UP: &str = "ALTER TABLE probe ADD COLUMN note TEXT; UPDATE probe SET note = 'by the step';";

    /// All steps and one more.
    fn with<'a>(step: Step<'a>) -> Vec<Step<'a>> {
        STEPS.into_iter().chain([step]).collect()
    }

    fn opened() -> Connection {
        let mut file = Connection::open_in_memory().unwrap();
        prepare(&mut file).unwrap();
        file.execute_batch("INSERT INTO probe VALUES (1, 7)").unwrap();
        file
    }

    fn version(file: &Connection) -> i64 {
        file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_file_gets_the_missing_steps_once_and_keeps_its_rows() {
        let mut file = opened();
        assert_eq!(version(&file), SCHEMA);
        for _ in 0..2 {
            migrate(&mut file, &with(&[MADE_UP])).unwrap();
            let row: (i64, String) =
                file.query_row("SELECT times, note FROM probe", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            assert_eq!((version(&file), row), (SCHEMA + 1, (7, "by the step".to_owned())));
        }
    }

    #[test]
    fn a_file_of_a_newer_schema_is_refused_and_left_alone() {
        let mut file = opened();
        migrate(&mut file, &with(&[MADE_UP])).unwrap();
        let refused = migrate(&mut file, &STEPS).unwrap_err();
        assert!(matches!(refused, StoreError::Newer { found, known: SCHEMA } if found == SCHEMA + 1), "{refused}");
        assert_eq!(version(&file), SCHEMA + 1);
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let mut file = opened();
        let broken = "ALTER TABLE probe ADD COLUMN note TEXT; INSERT INTO nowhere VALUES (1);";
        assert!(migrate(&mut file, &with(&[broken])).is_err());
        assert_eq!(version(&file), SCHEMA);
        assert!(file.query_row("SELECT note FROM probe", [], |_| Ok(())).is_err(), "the column is gone again");
    }
}
