//! The SQLite file itself: what is refused as one.

use crate::running::*;
use rusqlite::Connection;
use waymark_collector::Collector;

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
