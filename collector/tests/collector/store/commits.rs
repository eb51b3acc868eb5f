//! Events in commit order, behind a cursor, in both stores.

use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;
use waymark_collector::store::{
    AppendEvents, BatchLimit, CommittedEvent, Day, EraseUsers, ErasureSource, Expiry, FollowCommits, IngestBatch,
    Losses, Memory, Position, Sqlite, Store, StoredEvent, Subject, UserIds, backup, verify,
};

const ALL: BatchLimit = BatchLimit { events: usize::MAX, bytes: usize::MAX };

/// The event number `number` of `user`, which arrived at that time.
fn event(number: u64, user: &str) -> StoredEvent {
    StoredEvent {
        // The store's order by ID is not the order of commits.
        id: Uuid::from_u128(u128::from(u64::MAX - number)),
        site: "demo".to_owned(),
        kind: "play".to_owned(),
        time: 0,
        received: number as i64,
        who: UserIds { anonymous: Some(user.to_owned()), known: Some("k".to_owned()), linked: Some("l".to_owned()) },
        body: format!("{{\"wm\":{{\"euId\":\"{user}\"}},\"number\":{number:06}}}").into(),
    }
}

fn append(store: &(impl AppendEvents + ?Sized), numbers: std::ops::Range<u64>, user: &str) {
    let batch = IngestBatch {
        site: "demo".to_owned(),
        tab: Uuid::from_u128(1),
        day: Day::of(0),
        seq: numbers.start,
        events: numbers.end - numbers.start,
        last: numbers.end - 1,
        lost: Losses::default(),
        records: numbers.map(|number| event(number, user)).collect(),
    };
    store.append(&[batch]).unwrap();
}

fn positions(store: &(impl FollowCommits + ?Sized), after: Position) -> Vec<Position> {
    store.committed(after, ALL).unwrap().iter().map(|committed| committed.position).collect()
}

fn last(store: &(impl FollowCommits + ?Sized)) -> Position {
    positions(store, Position::START).pop().unwrap()
}

fn sqlite() -> (TempDir, Sqlite) {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
    (dir, store)
}

#[track_caller]
fn in_both(test: impl Fn(&dyn Store)) {
    test(&Memory::default());
    let (_dir, store) = sqlite();
    test(&store);
}

#[test]
fn events_are_read_whole_in_the_order_of_their_commits() {
    in_both(|store| {
        for number in 0..10 {
            append(store, number * 3..number * 3 + 3, "eve");
        }
        // What comes again has its position already.
        append(store, 0..3, "eve");
        let all = store.committed(Position::START, ALL).unwrap();
        let events: Vec<_> = all.iter().map(|committed| committed.event.clone()).collect();
        assert_eq!(events, (0..30).map(|number| event(number, "eve")).collect::<Vec<_>>());
        assert!(all.is_sorted_by(|one, other| one.position < other.position));
        for (index, CommittedEvent { position, .. }) in all.iter().enumerate() {
            assert_eq!(store.committed(*position, ALL).unwrap(), all[index + 1..]);
        }
    });
}

#[test]
fn a_read_is_bounded_in_events_and_bytes_and_is_never_empty_for_a_large_event() {
    in_both(|store| {
        append(store, 0..10, "eve");
        let size = event(0, "eve").body.len();
        let read = |events, bytes| store.committed(Position::START, BatchLimit { events, bytes }).unwrap().len();
        assert_eq!(read(4, usize::MAX), 4);
        assert_eq!(read(usize::MAX, 3 * size), 3);
        assert_eq!(read(usize::MAX, 3 * size - 1), 2);
        assert_eq!(read(usize::MAX, 0), 1);
        assert_eq!(read(0, usize::MAX), 0);
    });
}

#[test]
fn a_position_is_never_given_again_whatever_is_erased() {
    in_both(|store| {
        append(store, 0..3, "eve");
        let mut newest = last(store);
        let mut next = 3;
        let mut comes_after = |erased: usize| {
            assert_eq!((erased, positions(store, Position::START)), (3, vec![]));
            append(store, next..next + 3, "eve");
            next += 3;
            assert_eq!(positions(store, newest).len(), 3);
            newest = last(store);
        };
        comes_after(store.forget("demo", "eve", 0).unwrap());
        let subject = Subject { id: "eve".to_owned(), site: None };
        comes_after(store.erase(&subject, ErasureSource::Api, 0).unwrap().erased);
        let expiry = Expiry { before: [("demo".to_owned(), 100)].into(), time: 0 };
        comes_after(store.expire(&expiry, 0, 100).unwrap().erased);
    });
}

#[test]
fn nor_when_the_file_is_written_anew_or_opened_again() {
    let (dir, store) = sqlite();
    let file = dir.path().join("events.db");
    append(&store, 0..3, "eve");
    let newest = last(&store);
    store.forget("demo", "eve", 0).unwrap();
    rusqlite::Connection::open(&file).unwrap().execute_batch("VACUUM").unwrap();
    drop(store);
    let store = Sqlite::open(&file).unwrap();
    append(&store, 3..4, "eve");
    assert_eq!(positions(&store, newest).len(), 1);
}

#[test]
fn each_reader_has_a_cursor_of_its_own_that_only_moves_forward() {
    in_both(|store| {
        append(store, 0..4, "eve");
        let at = positions(store, Position::START);
        assert_eq!(store.cursor("kafka").unwrap(), Position::START);
        store.save_cursor("kafka", at[2]).unwrap();
        store.save_cursor("kafka", at[0]).unwrap();
        store.save_cursor("clickhouse", at[0]).unwrap();
        assert_eq!((store.cursor("kafka").unwrap(), store.cursor("clickhouse").unwrap()), (at[2], at[0]));
        store.forget("demo", "eve", 0).unwrap();
        store.expire(&Expiry { before: [("demo".to_owned(), 100)].into(), time: 0 }, 0, 100).unwrap();
        assert_eq!(store.cursor("kafka").unwrap(), at[2]);
    });
}

#[test]
fn a_backup_has_the_cursors_and_a_cursor_beyond_the_newest_event_is_a_fault() {
    let (dir, store) = sqlite();
    let (file, copy) = (dir.path().join("events.db"), dir.path().join("copy.db"));
    append(&store, 0..4, "eve");
    let newest = last(&store);
    store.save_cursor("kafka", newest).unwrap();
    // The newest event may be erased: its position stays taken.
    store.forget("demo", "eve", 0).unwrap();
    backup(&file, &copy).unwrap();
    let restored = Sqlite::open(&copy).unwrap();
    assert_eq!(restored.cursor("kafka").unwrap(), newest);
    append(&restored, 4..5, "eve");
    assert_eq!(positions(&restored, newest).len(), 1);
    assert_eq!(wrong(&file), [""; 0]);
    rusqlite::Connection::open(&file).unwrap().execute_batch("UPDATE cursors SET position = 5").unwrap();
    assert_eq!(wrong(&file), ["cursor kafka: it is at 5, and the newest event has been at 4"]);
}

fn wrong(file: &Path) -> Vec<String> {
    verify(file).unwrap().wrong
}
