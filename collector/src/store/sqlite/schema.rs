//! The tables, and the migration of older files.

use crate::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// What makes the tables, one step for each version that the file had; the version is kept in the file. A file is
/// brought from its version to the newest when it is opened.
const STEPS: [&str; 5] = [EVENTS, USERS, TABS, PEOPLE, STATES];

pub(super) const SCHEMA: i64 = STEPS.len() as i64;

/// `n` is the order of arrival. The unique index is cheap because ids grow with time. `WITHOUT ROWID` with the id as
/// the key was measured against it: bodies of 1 kB in the index's own nodes cost five times the CPU per event (51
/// against 11 µs) and 16 % more space, for a scan that is no faster (2 shared cores, November 2026).
const EVENTS: &str = "
    CREATE TABLE events (
        n        INTEGER PRIMARY KEY,
        id       BLOB NOT NULL UNIQUE,
        site     TEXT NOT NULL,
        type     TEXT NOT NULL,
        time     INTEGER NOT NULL,
        received INTEGER NOT NULL,
        body     TEXT NOT NULL
    ) STRICT;
    CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL) STRICT;
";

/// Version 2: by whose anonymous ID an event can be erased.
const USERS: &str = "
    ALTER TABLE events ADD COLUMN user TEXT;
    UPDATE events SET user = json_extract(body, '$.wm.euId') WHERE json_extract(body, '$.wm.euIdSource') = 'Cache';
    CREATE INDEX users ON events (user) WHERE user IS NOT NULL;
";

/// Version 3: what is known of each tab, and the sums of it for each site and day, so that an audit reads no tabs. Of
/// tabs that were there before, the events say how many there were and since when; what they had declared as lost was
/// not kept, and those that go on declare it again.
const TABS: &str = "
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
    INSERT INTO tabs
        SELECT site, unhex(replace(json_extract(body, '$.server.tab'), '-', '')) AS tab,
            date(min(received) / 1000, 'unixepoch'),
            min(max(json_extract(body, '$.server.seq')) + 1, 1 << 32), count(*), 0, '{}', 0, 0, 0
        FROM events WHERE json_extract(body, '$.server.seq') >= 0 GROUP BY site, tab HAVING length(tab) = 16;
    INSERT INTO days
        SELECT day, site, count(*), sum(numbers), sum(stored), 0, '{}',
            sum(max(numbers - stored, 0)), sum(max(stored - numbers, 0))
        FROM tabs GROUP BY day, site;
";

/// Version 4: by which ID of a known user an event can be found, and by which anonymous one that an `identify` event
/// names; and what was erased when, so that what is there and what was erased are what was stored. `user` stays the
/// anonymous ID: an ID that a site gave may be the same text, and its events are not a browser's to erase.
const PEOPLE: &str = "
    ALTER TABLE events ADD COLUMN known TEXT;
    ALTER TABLE events ADD COLUMN linked TEXT;
    UPDATE events SET known = json_extract(body, '$.wm.euId')
        WHERE user IS NULL AND json_extract(body, '$.wm.euId') IS NOT NULL;
    UPDATE events SET linked = json_extract(body, '$.data.anonymousId')
        WHERE type = 'identify' AND json_type(body, '$.data.anonymousId') = 'text';
    CREATE INDEX known ON events (known) WHERE known IS NOT NULL;
    CREATE INDEX linked ON events (linked) WHERE linked IS NOT NULL;
    CREATE TABLE erasures (
        n      INTEGER PRIMARY KEY,
        time   INTEGER NOT NULL,
        site   TEXT,
        asked  TEXT NOT NULL,
        events INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX erased ON erasures (time);
    INSERT INTO erasures (time, site, asked, events)
        SELECT unixepoch() * 1000, site, 'earlier', sum(events) FROM (
            SELECT site, stored AS events FROM days
            UNION ALL SELECT site, -count(*) FROM events GROUP BY site
        ) GROUP BY site HAVING sum(events) <> 0;
";

/// Version 5: what is remembered of users between browsers. No value where it was removed.
const STATES: &str = "
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

/// Sets the connection up, and brings the file to the newest schema.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    // Before the first table, or it has no effect: events of 1 kB fit better.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    // 32 MiB of log before it is worked into the file: a page that many commits change is then written there once for
    // all.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    // After a burst the log shrinks again.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // What is erased is overwritten, not only taken off the lists.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = usize::try_from(found).ok().and_then(|done| STEPS.get(done..));
    let Some(steps) = steps else { return Err(StoreError::Newer { found, known: SCHEMA }) };
    if found == 0 {
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables > 0 {
            return Err(StoreError::Foreign);
        }
    } else if !steps.is_empty() {
        tracing::info!("bringing the store from schema {found} to {SCHEMA}; a large one takes a while");
    }
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", SCHEMA)?;
    Ok(transaction.commit()?)
}
