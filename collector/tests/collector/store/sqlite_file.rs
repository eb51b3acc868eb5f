//! The SQLite file itself: what is refused as one, and what an older collector wrote.

use crate::harness::running::*;
use rusqlite::Connection;
use serde_json::json;
use waymark_collector::Collector;
use waymark_collector::store::verify;

#[track_caller]
fn refused(home: &Home) -> String {
    Collector::open(home.config()).err().unwrap().to_string().replace(home.store().to_str().unwrap(), "FILE")
}

#[test]
fn a_file_of_a_newer_collector_is_refused() {
    let home = Home::in_sqlite();
    Connection::open(home.store()).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    let why = "its schema is version 7, and this collector knows 5: a newer collector wrote it";
    assert_eq!(refused(&home), format!("cannot use the store FILE: {why}"));
}

#[test]
fn a_database_of_something_else_is_refused_and_left_alone() {
    let home = Home::in_sqlite();
    Connection::open(home.store()).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    assert_eq!(refused(&home), "cannot use the store FILE: it is a database of something else");
    let tables: i64 = Connection::open(home.store())
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let home = Home::in_sqlite();
    std::fs::write(home.store(), "not a database at all, ".repeat(100)).unwrap();
    assert_eq!(refused(&home), "cannot use the store FILE: file is not a database");
}

/// The tables as version 1 had them.
const VERSION_1: &str = "
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
    PRAGMA user_version = 1;
";

#[tokio::test]
async fn a_file_of_version_1_is_taken_over_with_its_events() {
    const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";
    let home = Home::in_sqlite();
    let file = Connection::open(home.store()).unwrap();
    file.execute_batch(VERSION_1).unwrap();
    let insert = "INSERT INTO events (id, site, type, time, received, body) VALUES (?1, 'demo', 'play', 1, 2, ?2)";
    let bodies = [
        json!({"wm": {"euId": USER, "euIdSource": "Cache"}}),
        json!({"wm": {"euId": USER, "euIdSource": "Identifier"}}),
        json!({"wm": {}}),
    ];
    for (id, body) in bodies.iter().enumerate() {
        file.execute(insert, rusqlite::params![[id as u8; 16], body.to_string()]).unwrap();
    }
    drop(file);

    let collector = home.start().await;
    assert_eq!(collector.events("").await, bodies);
    let users: Vec<Option<String>> = {
        let file = Connection::open(home.store()).unwrap();
        let mut all = file.prepare("SELECT user FROM events ORDER BY n").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(users, [Some(USER.to_owned()), None, None]);
    assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
    assert_eq!(collector.forget("demo", USER).await.json(), json!({"erased": 3}));
    assert_eq!(collector.events("").await, bodies[1..]);
    collector.stop().await;

    let collector = home.start().await;
    assert_eq!(collector.events("").await, bodies[1..]);
    let version: i64 =
        Connection::open(home.store()).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 5);
    collector.stop().await;
    assert_eq!(verify(home.store()).unwrap().wrong, [""; 0]);
}

#[tokio::test]
async fn a_file_of_version_2_is_taken_over_with_its_tabs() {
    const TAB: &str = "9ef11e58-809f-4d93-855d-22f100000001";
    let home = Home::in_sqlite();
    let file = Connection::open(home.store()).unwrap();
    file.execute_batch(VERSION_1).unwrap();
    file.execute_batch("ALTER TABLE events ADD COLUMN user TEXT; PRAGMA user_version = 2;").unwrap();
    file.execute_batch("CREATE INDEX users ON events (user) WHERE user IS NOT NULL").unwrap();
    let insert = "INSERT INTO events (id, site, type, time, received, body) VALUES (?1, 'demo', 'play', 1, ?2, ?3)";
    // One came before midnight, two after it, number 1 never. Beside it what no collector wrote.
    for (id, (tab, seq, received)) in
        [(TAB, 2, 1_795_564_800_000_i64), (TAB, 0, 1_795_564_799_999), (TAB, 3, 1_795_564_800_000), ("?", 0, 0)]
            .into_iter()
            .enumerate()
    {
        let body = json!({"wm": {}, "server": {"tab": tab, "seq": seq}});
        file.execute(insert, rusqlite::params![[id as u8; 16], received, body.to_string()]).unwrap();
    }
    drop(file);

    let collector = home.start().await;
    let row = |stored: u64, lost: serde_json::Value, missing: u64| {
        json!([{
            "site": "demo", "day": "2026-11-24", "tabs": 1, "created": stored + 1, "stored": stored, "duplicate": 0,
            "lost": lost, "missing": missing,
        }])
    };
    assert_eq!(collector.get("/v1/audit").await.json(), row(3, json!({}), 1));
    // The tab goes on, and says what became of the missing one.
    let mut more = views(1, 1_700_000_000_000, 2);
    (more["seq"], more["last"], more["lost"]) = (json!(4), json!(5), json!({"overflow": 1}));
    assert_eq!(collector.post(more.to_string()).await.outcome(), reply(2, 0));
    assert_eq!(collector.get("/v1/audit").await.json(), row(5, json!({"overflow": 1}), 0));
    collector.stop().await;
    assert_eq!(verify(home.store()).unwrap().wrong, [""; 0]);
}

#[tokio::test]
async fn a_file_of_version_3_is_taken_over_with_its_known_users() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    let mut known = views(1, 1_700_000_000_000, 2);
    known["contexts"][0]["wm"]["euId"] = json!("adam.brown");
    known["contexts"][0]["wm"]["euIdSource"] = json!("Identifier");
    known["events"][1] = json!({"time": 1, "type": "identify", "data": {"anonymousId": "the anonymous one"}});
    assert_eq!(collector.post(known.to_string()).await.outcome(), reply(2, 0));
    collector.post(views(2, 1_700_000_000_000, 3).to_string()).await;
    assert_eq!(collector.forget("demo", "7302c5a9-9dbf-ef49-e898-8fce4d0add48").await.json(), json!({"erased": 3}));
    collector.stop().await;
    // Back to what version 3 had.
    Connection::open(home.store())
        .unwrap()
        .execute_batch(
            "DROP TABLE states; DROP TABLE erasures; DROP INDEX known; DROP INDEX linked; ALTER TABLE events DROP COLUMN known;
             ALTER TABLE events DROP COLUMN linked; PRAGMA user_version = 3;",
        )
        .unwrap();
    assert!(
        verify(home.store())
            .unwrap_err()
            .to_string()
            .starts_with("its schema is version 3, and this collector knows 5")
    );

    let collector = home.start().await;
    for (id, events) in [("adam.brown", 2), ("the%20anonymous%20one", 1)] {
        assert_eq!(collector.get(&format!("/v1/users/{id}")).await.text().lines().count(), events);
    }
    collector.stop().await;
    assert_eq!(verify(home.store()).unwrap().wrong, [""; 0]);
}

#[tokio::test]
async fn what_is_erased_is_in_no_file_any_more() {
    const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";
    let home = Home::in_sqlite();
    let collector = home.start().await;
    let holds = |text: &str| {
        let files = ["events.db", "events.db-wal"].map(|name| std::fs::read(home.file(name)).unwrap_or_default());
        files.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    for tab in 0..20 {
        assert_eq!(collector.post(views(tab, 1_700_000_000_000, 100).to_string()).await.outcome(), reply(100, 0));
        let mut other = views(100 + tab, 1_700_000_000_000, 10);
        other["contexts"][0]["wm"]["euId"] = json!("somebody else");
        assert_eq!(collector.post(other.to_string()).await.outcome(), reply(10, 0));
    }
    collector.events("").await;
    assert!(holds(USER));
    assert_eq!(collector.forget("demo", USER).await.json(), json!({"erased": 2_000}));
    assert!(!holds(USER) && holds("somebody else"));
    assert_eq!(collector.events("").await.len(), 200);
    collector.stop().await;
}

#[tokio::test]
async fn events_are_stored_with_what_is_known_of_their_tab_or_not_at_all() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    let counts = || {
        let file = Connection::open(home.store()).unwrap();
        ["events", "tabs"].map(|table| {
            file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap()
        })
    };
    collector.post(views(1, 1_700_000_000_000, 3).to_string()).await;
    assert_eq!(counts(), [3, 1]);
    Connection::open(home.store()).unwrap().execute_batch("DROP TABLE days").unwrap();
    assert_eq!(collector.post(views(2, 1_700_000_000_000, 3).to_string()).await.status, 503);
    assert_eq!(collector.get("/v1/audit").await.status, 503);
    assert_eq!(counts(), [3, 1]);
    collector.stop().await;
}
