//! The SQLite file itself: what is refused as one, and what is in it.

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
    let why = "its schema is version 7, and this collector knows 1: a newer collector wrote it";
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

#[tokio::test]
async fn a_file_of_an_older_schema_cannot_be_verified_before_a_collector_has_opened_it() {
    let home = Home::in_sqlite();
    home.start().await.stop().await;
    Connection::open(home.store()).unwrap().execute_batch("PRAGMA user_version = 0").unwrap();
    let why = verify(home.store()).unwrap_err().to_string();
    assert!(why.starts_with("its schema is version 0, and this collector knows 1: start the collector once"), "{why}");
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
