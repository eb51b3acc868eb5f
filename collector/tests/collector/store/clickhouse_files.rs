//! What was erased from ClickHouse, in the bytes of its files: there until the removal, and gone a while after it.

use crate::harness::clickhouse::{Door, opened};
use crate::harness::running::DEADLINE;
use std::path::Path;
use std::time::Instant;
use uuid::Uuid;
use waymark_collector::store::{
    self, EraseUsers as _, ErasureSource, LandedEvent, ReadEvents as _, StoredEvent, Subject, UserIds,
};

const ANNA: &str = "anna.erased-7302c5a9@example.com";
const BERT: &str = "bert.stays-889838df@example.com";

/// Wednesday, 25 November 2026, 00:00 UTC.
const START: i64 = 1_795_564_800_000;

/// Events of both users.
fn events() -> Vec<LandedEvent> {
    let event = |number: u64| {
        let (user, tab, time) =
            (if number.is_multiple_of(2) { ANNA } else { BERT }, Uuid::nil(), START + number as i64);
        let id = waymark_wire::event_id(tab, number, time);
        let body = format!(
            r#"{{"id":"{id}","time":{time},"type":"play","data":{{"of":"{user}"}},"wm":{{"euId":"{user}","env":0}},"server":{{"site":"shop","tab":"{tab}","seq":{number},"received":{time}}}}}"#
        );
        let who = UserIds { known: Some(user.to_owned()), ..UserIds::default() };
        let (site, kind) = ("shop".to_owned(), "play".to_owned());
        LandedEvent::of(StoredEvent { id, site, kind, time, received: time, who, body: body.into() }, 0)
    };
    (0..200).map(event).collect()
}

/// The files below a folder that contain the text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Files and folders come and go meanwhile.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(text.len()).any(|window| window == text.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_has_no_bytes_of_an_erased_user_once_the_replaced_parts_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::start(Some(folder.path()), None);
    let mut config = door.database();
    store::apply(&config).unwrap();
    let events_table = format!("{}.events", config.database);
    // Compression would hide the bytes. By default ClickHouse keeps replaced parts for 8 minutes, and looks for
    // them every 30 to 300 s.
    for column in ["body", "data"] {
        door.run(&format!("ALTER TABLE {events_table} MODIFY COLUMN {column} String CODEC(NONE)"));
    }
    door.run(&format!("ALTER TABLE {events_table} MODIFY COLUMN known Nullable(String) CODEC(NONE)"));
    door.run(&format!(
        "ALTER TABLE {events_table} MODIFY SETTING old_parts_lifetime = 1, cleanup_delay_period = 1,
            cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 1"
    ));
    // The first look for old parts is planned with the table's settings of its start.
    drop(door);
    let door = Door::start(Some(folder.path()), None);
    config.url.clone_from(&door.url);
    let (cluster, clickhouse) = opened(&config);
    for (token, events) in [("a", &events()[..100]), ("b", &events()[100..])] {
        clickhouse.insert(events, token).unwrap();
    }
    assert!(!files_with(folder.path(), ANNA).is_empty());

    let anna = Subject { id: ANNA.to_owned(), site: None };
    assert_eq!(cluster.erase(&anna, ErasureSource::Api, START + 1_000).unwrap().erased, 100);
    assert!(cluster.events_about(&anna).unwrap().is_empty());
    // Shown nowhere, but there until the hourly removal.
    assert!(!files_with(folder.path(), ANNA).is_empty());
    assert_eq!(clickhouse.apply_erasures().unwrap(), 100);
    let begun = Instant::now();
    loop {
        let left = files_with(folder.path(), ANNA);
        if left.is_empty() {
            break;
        }
        assert!(begun.elapsed() < DEADLINE, "in time nothing of it is left in {left:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(!files_with(folder.path(), BERT).is_empty());
    assert_eq!(door.count(&format!("SELECT count() FROM {events_table}")), 100);
}
