//! ClickHouse on its engine: the schema, repeats, erasure, retention, the audit, and a kill.

use crate::harness::clickhouse::*;
use std::collections::BTreeMap;
use uuid::Uuid;
use waymark_collector::store::{
    self, AppendEvents, AuditEvents, ClickHouse, Day, Days, EraseUsers, ErasureSource, ExpireData, Expiry, Filter,
    IngestBatch, LandedEvent, Losses, ReadEvents, Store, StoredEvent, Subject, UserIds,
};

/// Wednesday, 25 November 2026, 00:00 UTC.
const START: i64 = 1_795_564_800_000;

/// An event of a tab that happened so many ms after the start.
fn event(tab: Uuid, seq: u64, after: i64, user: &str) -> StoredEvent {
    let time = START + after;
    let id = waymark_wire::event_id(tab, seq, time);
    let body = format!(
        r#"{{"id":"{id}","time":{time},"type":"play","data":{{"n":{seq}}},"wm":{{"uId":"u","euId":"{user}","euIdSource":"Cache","env":0}},"server":{{"site":"shop","tab":"{tab}","seq":{seq},"received":{time}}}}}"#
    );
    let who = UserIds { anonymous: Some(user.to_owned()), ..UserIds::default() };
    StoredEvent { id, site: "shop".to_owned(), kind: "play".to_owned(), time, received: time, who, body: body.into() }
}

fn landed(events: &[StoredEvent]) -> Vec<LandedEvent> {
    events.iter().map(|event| LandedEvent::of(event.clone(), 0)).collect()
}

fn tab(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn all(store: &dyn Store) -> Vec<String> {
    store.page(&Filter::default(), None, 1_000).unwrap().into_iter().map(|(_, body)| body.to_string()).collect()
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_without_a_schema_is_refused_with_what_makes_it() {
    let config = door().database();
    let refused = || ClickHouse::open(&config).err().unwrap().to_string();
    let apply = "run `waymark-collector check --apply`, which makes it";
    assert!(refused().ends_with(apply), "{}", refused());
    assert_eq!(store::apply(&config).unwrap(), ["clickhouse: the schema is version 1"]);
    assert_eq!(store::apply(&config).unwrap(), ["clickhouse: the schema is version 1 already"]);
    ClickHouse::open(&config).unwrap().ping().unwrap();
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_keeps_one_row_of_repeats_and_nothing_of_a_used_token() {
    let (cluster, clickhouse) = new_cluster();
    let events: Vec<_> = (0..100).map(|seq| event(tab(1), seq, seq as i64, "anna")).collect();
    clickhouse.insert(&landed(&events), "a").unwrap();
    // The same block again, with its token and with another one, and a part of it.
    clickhouse.insert(&landed(&events), "a").unwrap();
    clickhouse.insert(&landed(&events), "b").unwrap();
    clickhouse.insert(&landed(&events[20..40]), "c").unwrap();
    // A token stands for what it came with.
    clickhouse.insert(&landed(&[event(tab(2), 0, 0, "bert")]), "a").unwrap();
    let expected: Vec<_> = events.iter().map(|event| event.body.to_string()).collect();
    assert_eq!(all(&cluster), expected);
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_pages_by_id_and_shows_the_newest() {
    let (cluster, clickhouse) = new_cluster();
    // Two months apart, in two inserts.
    let events: Vec<_> = (0..60).map(|seq| event(tab(1), seq, seq as i64 * 86_400_000, "anna")).collect();
    clickhouse.insert(&landed(&events[30..]), "a").unwrap();
    clickhouse.insert(&landed(&events[..30]), "b").unwrap();
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = cluster.page(&Filter::default(), after, 7).unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        pages.extend(page.into_iter().map(|(id, _)| id));
    }
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(pages, ids);
    let of = |filter: &Filter| cluster.newest(filter, 3).unwrap().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(of(&Filter::default()), ids[57..]);
    let to = Some(START + 10 * 86_400_000);
    assert_eq!(of(&Filter { to, site: Some("shop".to_owned()), ..Filter::default() }), ids[7..10]);
    assert_eq!(of(&Filter { site: Some("it's".to_owned()), ..Filter::default() }), Vec::<Uuid>::new());
    let wanted = [ids[50], Uuid::nil(), ids[2]];
    assert_eq!(cluster.get(&wanted).unwrap().into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [ids[50], ids[2]]);
}

fn batch(number: u128, seq: u64, users: &[&str], lost: &[(&str, u64)]) -> IngestBatch {
    let records: Vec<_> = (seq..).zip(users).map(|(seq, user)| event(tab(number), seq, seq as i64, user)).collect();
    let lost: BTreeMap<String, u64> = lost.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
    IngestBatch {
        site: "shop".to_owned(),
        tab: tab(number),
        day: Day::of(START),
        seq,
        events: records.len() as u64,
        last: seq + records.len() as u64 - 1,
        lost: Losses::declared(&lost),
        records,
    }
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_accounts_as_the_embedded_store_does_whatever_comes_again() {
    let (cluster, clickhouse) = new_cluster();
    let memory = store::Memory::default();
    let batches = [
        batch(1, 0, &["anna", "anna"], &[]),
        // 2 and 3 are missing.
        batch(1, 4, &["anna"], &[("overflow", 1)]),
        batch(2, 0, &["bert"], &[("rate", 5)]),
        batch(3, 10, &["carl"], &[("overflow", 2), ("tooLarge", 1)]),
    ];
    cluster.append(&batches).unwrap();
    memory.append(&batches).unwrap();
    let expected = memory.audit(&Days::default()).unwrap();
    assert!(expected[0].figures.missing > 0 && expected[0].figures.lost.total() > 0, "{expected:?}");
    assert_eq!(cluster.audit(&Days::default()).unwrap(), expected);
    // A lander that was killed lands again, in other blocks.
    for (token, batch) in [("x", &batches[0]), ("y", &batches[2])] {
        clickhouse.insert(&landed(&batch.records), token).unwrap();
        clickhouse.insert_deliveries(&[delivery(batch)], token).unwrap();
    }
    assert_eq!(cluster.audit(&Days::default()).unwrap(), expected);
    // What was erased still counts as stored.
    let anna = Subject { id: "anna".to_owned(), site: None };
    assert_eq!(cluster.erase(&anna, ErasureSource::Api, START + 1_000).unwrap().erased, 3);
    clickhouse.apply_erasures().unwrap();
    assert_eq!(cluster.audit(&Days::default()).unwrap(), expected);
    let of = |days: Days| cluster.audit(&days).unwrap().len();
    assert_eq!(of(Days { from: Some(Day::of(START)), site: Some("shop".to_owned()), ..Days::default() }), 1);
    assert_eq!(of(Days { to: Some(Day::of(START)), ..Days::default() }), 0);
    assert_eq!(of(Days { site: Some("other".to_owned()), ..Days::default() }), 0);
    assert_eq!(cluster.sites().unwrap(), ["shop"]);
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_shows_nothing_that_was_erased_and_then_has_none_of_it() {
    let (cluster, clickhouse) = new_cluster();
    let events: Vec<_> =
        (0..10).map(|seq| event(tab(1), seq, seq as i64, if seq % 2 == 0 { "anna" } else { "bert" })).collect();
    clickhouse.insert(&landed(&events), "a").unwrap();
    let anna = Subject { id: "anna".to_owned(), site: Some("shop".to_owned()) };
    assert_eq!(cluster.events_about(&anna).unwrap().len(), 5);
    assert_eq!(cluster.erase(&anna, ErasureSource::Api, START + 5).unwrap().erased, 5);
    let shown = || (cluster.events_about(&anna).unwrap().len(), all(&cluster).len());
    // What arrives later is kept.
    assert_eq!(shown(), (2, 7));
    // A repeat of what was erased is not shown either.
    clickhouse.insert(&landed(&events[..3]), "b").unwrap();
    assert_eq!(shown(), (2, 7));
    let tombstones = clickhouse.tombstones().unwrap();
    let erased = events.iter().filter(|event| tombstones.is_erased(event)).count();
    assert_eq!(erased, 3);
    assert!(clickhouse.apply_erasures().unwrap() >= 3);
    assert_eq!(clickhouse.apply_erasures().unwrap(), 0);
    assert_eq!(shown(), (2, 7));
    assert_eq!(cluster.forget("shop", "bert", START + 100).unwrap(), 5);
    assert_eq!(cluster.forget("shop", "bert", START + 100).unwrap(), 0);
    assert_eq!(all(&cluster).len(), 2);
    clickhouse.apply_erasures().unwrap();
    assert_eq!(all(&cluster).len(), 2);
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_drops_what_is_too_old() {
    let (cluster, clickhouse) = new_cluster();
    let events: Vec<_> = (0..10).map(|seq| event(tab(1), seq, seq as i64, "anna")).collect();
    clickhouse.insert(&landed(&events), "a").unwrap();
    let expiry = |site: &str| Expiry { before: [(site.to_owned(), START + 4)].into(), time: START };
    assert_eq!(cluster.expire(&expiry("it's another"), 0, 1).unwrap().erased, 0);
    let expired = cluster.expire(&expiry("shop"), 0, 1).unwrap();
    assert_eq!((expired.erased, expired.done, all(&cluster).len()), (4, true, 6));
}

#[test]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
fn clickhouse_that_is_killed_has_all_it_took() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::start(Some(folder.path()), Some("hush"));
    let mut config = door.database();
    let refused = store::apply(&config).unwrap_err().to_string();
    assert!(refused.contains("Authentication failed"), "{refused}");
    let file = folder.path().join("password");
    std::fs::write(&file, "hush\n").unwrap();
    config.password_file = Some(file);
    store::apply(&config).unwrap();
    let clickhouse = ClickHouse::open(&config).unwrap();
    let events: Vec<_> = (0..100).map(|seq| event(tab(1), seq, seq as i64, "anna")).collect();
    clickhouse.insert(&landed(&events[..50]), "a").unwrap();
    drop(door);
    let error = clickhouse.insert(&landed(&events[50..]), "b").unwrap_err().to_string();
    assert!(error.starts_with("ClickHouse: "), "{error}");
    let door = Door::start(Some(folder.path()), Some("hush"));
    config.url.clone_from(&door.url);
    let clickhouse = ClickHouse::open(&config).unwrap();
    // It knows the token too.
    clickhouse.insert(&landed(&events[..50]), "a").unwrap();
    clickhouse.insert(&landed(&events[50..]), "b").unwrap();
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(clickhouse.get(&ids).unwrap().len(), 100);
}
