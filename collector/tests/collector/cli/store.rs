//! The program's commands on a store's file, while a collector uses it and while none does.

use crate::harness::running::*;
use rusqlite::Connection;
use serde_json::json;
use std::process::{Command, Output};

const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";

/// Runs it: whether it went well, and what it wrote.
fn run(home: &Home, arguments: &[&str]) -> (bool, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
    program.env_clear().env("WAYMARK_STORE", home.store()).current_dir(home.file("."));
    let Output { status, stdout, stderr } = program.args(arguments).output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[track_caller]
fn good(home: &Home, arguments: &[&str]) -> String {
    let (good, out, error) = run(home, arguments);
    assert!(good, "{error}");
    out
}

#[track_caller]
fn unsound(home: &Home, wrong: &str) {
    let (good, out, error) = run(home, &["verify", "events.db"]);
    assert!(!good && error.contains("events.db is not sound"), "{error}");
    assert!(out.contains(wrong), "{out}");
}

/// A configuration with these sites.
fn sites(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("[[sites]]\nkey = \"{key}\"\naccount = \"{ACCOUNT}\"\n")).collect()
}

/// A store with five events of two tabs.
async fn stored() -> Home {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    collector.post(BATCH).await;
    collector.post(views(1, 1_700_000_000_000, 3).to_string()).await;
    collector.stop().await;
    home
}

#[tokio::test]
async fn all_about_somebody_is_written_out_and_erased_beside_a_running_collector() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    collector.post(BATCH).await;
    let mut other = views(1, 1_700_000_000_000, 3);
    other["contexts"][0]["wm"]["euId"] = json!("somebody else");
    collector.post(other.to_string()).await;
    let out = good(&home, &["export", "--user", USER]);
    assert_eq!(out.lines().map(value).collect::<Vec<_>>(), collector.events("?limit=2").await);
    std::fs::write(home.file("two.toml"), sites(&["demo", "shop"])).unwrap();
    assert_eq!(good(&home, &["export", "--user", USER, "--site", "shop", "two.toml"]), "");
    assert_eq!(good(&home, &["erase", "--user", USER]), "2 events are erased\n");
    assert_eq!(collector.events("").await.len(), 3);
    let bytes = ["events.db", "events.db-wal"].map(|name| std::fs::read(home.file(name)).unwrap_or_default()).concat();
    assert!(!bytes.windows(USER.len()).any(|window| window == USER.as_bytes()));
    assert!(good(&home, &["verify", "events.db"]).ends_with("is sound: 3 events of 2 tabs\n"));
    let asked: String = Connection::open(home.store())
        .unwrap()
        .query_row("SELECT asked || events FROM erasures", [], |row| row.get(0))
        .unwrap();
    assert_eq!(asked, "cli2");
    collector.stop().await;
}

#[tokio::test]
async fn a_site_that_there_is_not_is_an_error_that_lists_those_that_there_are() {
    let home = stored().await;
    std::fs::write(home.file("two.toml"), sites(&["shop", "blog"])).unwrap();
    let notes = || -> i64 {
        let file = Connection::open(home.store()).unwrap();
        file.query_row("SELECT count(*) FROM erasures", [], |row| row.get(0)).unwrap()
    };
    for command in ["export", "erase"] {
        let (is_good, out, error) = run(&home, &[command, "--user", USER, "--site", "demmo", "two.toml"]);
        assert_eq!((is_good, out.as_str()), (false, ""), "{error}");
        assert_eq!(error, "waymark-collector: no site has the key `demmo`; there are blog, demo, shop\n");
        let (is_good, _, error) = run(&home, &[command, "--user", USER, "--site", ""]);
        assert!(!is_good && error.ends_with("no site has the key ``; there is demo\n"), "{error}");
    }
    assert_eq!(notes(), 0);
    // `demo` is no longer configured: what is stored of it is still handed out and erased, and so is kept state.
    let state = "INSERT INTO states VALUES ('eve', 'older', 'task', '7', 1, 5, 9, '2')";
    Connection::open(home.store()).unwrap().execute_batch(state).unwrap();
    let export = |site: &str, user: &str| good(&home, &["export", "--user", user, "--site", site, "two.toml"]);
    assert_eq!((export("demo", USER).lines().count(), export("older", "eve").lines().count()), (5, 1));
    assert_eq!(good(&home, &["erase", "--user", USER, "--site", "demo", "two.toml"]), "5 events are erased\n");
    assert_eq!(export("demo", USER), "", "a site of which all was erased is still one");
    assert_eq!(export("blog", USER), "", "a site that has nothing yet is one");
}

#[tokio::test]
async fn kept_state_is_written_out_and_erased_too() {
    let home = stored().await;
    let states = "INSERT INTO states VALUES ('adam.brown@example.com', 'demo', 'task', '7', 1, 5, 9, '2'),
        ('eve', 'demo', 'task', '7', 1, 5, 9, '2')";
    Connection::open(home.store()).unwrap().execute_batch(states).unwrap();
    let out = good(&home, &["export", "--user", "adam.brown@example.com"]);
    let line = json!({"state": {"site": "demo", "user": "adam.brown@example.com", "kind": "task", "name": "7", "version": 1,
        "at": 5, "expires": 9, "value": 2}});
    assert_eq!(out.lines().map(value).collect::<Vec<_>>(), [line]);
    let said = good(&home, &["erase", "--user", "adam.brown@example.com"]);
    assert_eq!(said, "1 entries of kept state are erased\n0 events are erased\n");
    assert_eq!(good(&home, &["export", "--user", "adam.brown@example.com"]), "");
    assert_eq!(good(&home, &["export", "--user", "eve"]).lines().count(), 1);
    assert_eq!(good(&home, &["verify", "events.db"]), "events.db is sound: 5 events of 2 tabs\n");
}

#[tokio::test]
async fn a_store_that_is_not_there_is_not_made() {
    let home = Home::in_sqlite();
    for arguments in
        [&["export", "--user", "a"][..], &["erase", "--user", "a"], &["verify", "x.db"], &["backup", "y.db"]]
    {
        let (good, _, error) = run(&home, arguments);
        assert!(!good && error.contains("no store is at "), "{error}");
    }
    assert!(!home.store().exists());
}

#[tokio::test]
async fn a_sound_store_is_said_to_be() {
    let home = stored().await;
    assert_eq!(good(&home, &["verify", "events.db"]), "events.db is sound: 5 events of 2 tabs\n");
}

#[tokio::test]
async fn a_store_whose_sums_do_not_agree_is_not_sound() {
    for (tamper, wrong) in [
        ("DELETE FROM events WHERE n = 1", "site demo: 5 events were stored, 4 are there and 0 were erased"),
        ("UPDATE days SET missing = missing + 1", "the sums are not those of its tabs"),
        ("DELETE FROM days", "there are tabs and no sums"),
        ("UPDATE tabs SET stored = 0", "events are there, and 0 were stored"),
        (
            "UPDATE events SET site = 'shop'",
            "events are not of the site, the type or the user that they are kept under",
        ),
        (
            "INSERT INTO states VALUES ('adam', 'demo', 'data', 'a', 0, 0, 9, '{')",
            "1 entries of kept state are not JSON, or of no version",
        ),
        ("UPDATE events SET user = 'x' WHERE n = 1", "1 events are not of the site, the type or the user"),
    ] {
        let home = stored().await;
        Connection::open(home.store()).unwrap().execute_batch(tamper).unwrap();
        unsound(&home, wrong);
    }
}

#[tokio::test]
async fn a_collector_that_has_ended_leaves_a_store_of_one_file() {
    let home = stored().await;
    let beside = ["events.db-wal", "events.db-shm"].map(|name| home.file(name).exists());
    assert_eq!((home.store().exists(), beside), (true, [false, false]));
}

#[tokio::test]
async fn a_store_with_a_broken_page_is_not_sound() {
    let home = stored().await;
    let mut bytes = std::fs::read(home.store()).unwrap();
    let root: u32 = Connection::open(home.store())
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_1'", [], |row| row.get(0))
        .unwrap();
    bytes[(root as usize - 1) * 8_192..][..64].fill(0xa5);
    std::fs::write(home.store(), bytes).unwrap();
    unsound(&home, "");
}

#[tokio::test]
async fn a_backup_under_load_has_every_event_that_was_acknowledged_before_it_began() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    let mut acknowledged = 0;
    let mut post = async |count: u32| {
        for _ in 0..count {
            acknowledged += 1;
            let batch = views(acknowledged, 1_700_000_000_000, 20).to_string();
            assert_eq!(collector.post(batch).await.outcome(), reply(20, 0));
        }
        acknowledged as usize * 20
    };
    let before = post(50).await;
    let copying = {
        let (store, copy) = (home.store().clone(), home.file("copy.db"));
        tokio::task::spawn_blocking(move || waymark_collector::store::backup(&store, &copy))
    };
    let mut after = before;
    while !copying.is_finished() {
        after = post(1).await;
    }
    copying.await.unwrap().unwrap();
    let sound = good(&home, &["verify", "copy.db"]);
    let count: usize = sound.split_whitespace().nth(3).unwrap().parse().unwrap();
    assert!((before..=after).contains(&count), "{before} {count} {after}");
    collector.stop().await;

    // To restore is to put the copy where the store was.
    for name in ["events.db", "events.db-wal", "events.db-shm"] {
        let _ = std::fs::remove_file(home.file(name));
    }
    std::fs::copy(home.file("copy.db"), home.store()).unwrap();
    let collector = home.start().await;
    assert_eq!(collector.events("").await.len(), count);
    assert_eq!(collector.post(views(1, 1_700_000_000_000, 20).to_string()).await.outcome(), reply(0, 20));
    assert_eq!(collector.post(views(9_999, 1_700_000_000_000, 1).to_string()).await.outcome(), reply(1, 0));
    collector.stop().await;
}

#[tokio::test]
async fn a_backup_overwrites_nothing() {
    let home = stored().await;
    assert_eq!(good(&home, &["backup", "copy.db"]), "copy.db is a whole copy\n");
    let (good, _, error) = run(&home, &["backup", "copy.db"]);
    assert!(!good && error.contains("copy.db is there already"), "{error}");
    assert!(!home.file("copy.db.partial").exists());
}

#[tokio::test]
async fn facts_are_made_again_and_those_that_do_not_agree_are_not_sound() {
    let home = stored().await;
    let rebuilt = || assert_eq!(good(&home, &["insights", "rebuild"]), "the facts of 5 events were made\n");
    rebuilt();
    let file = Connection::open(home.store()).unwrap();
    file.execute_batch("DELETE FROM facts WHERE n = 1").unwrap();
    unsound(&home, "facts: 1 events have none, and 0 are of no event; rebuild them");
    rebuilt();
    file.execute_batch("UPDATE texts SET uses = uses + 1 WHERE id = 1").unwrap();
    unsound(&home, "facts: 1 texts are not used as often as they say; rebuild them");
    rebuilt();
    assert_eq!(good(&home, &["verify", "events.db"]), "events.db is sound: 5 events of 2 tabs\n");
}
