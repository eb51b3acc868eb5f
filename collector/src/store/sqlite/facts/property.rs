//! Facts equal a recount of the events after any order of storing, repeating, erasing, expiring and rebuilding.

use crate::store::{
    AppendEvents, BatchLimit, Day, EraseUsers, ErasureSource, ExpireData, Expiry, Fact, IngestBatch, KeepFacts, Losses,
    Memory, Packing, ReadFacts, Scan, Sqlite, StoredEvent, Subject, UserIds, verify,
};
use proptest::prelude::*;
use std::ops::ControlFlow;
use uuid::Uuid;

const SITES: [&str; 2] = ["demo", "shop"];
const USERS: [&str; 4] = ["anonymous-eve-1", "anonymous-bob-1", "eve@example.com", "bob@example.com"];
const ALL: BatchLimit = BatchLimit { events: usize::MAX, bytes: usize::MAX };

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<(u64, usize, usize, u8)>),
    Follow(usize),
    Forget(usize, usize),
    Erase(usize, Option<usize>),
    Expire(usize, i64),
    Rebuild,
    Pack(usize, i64),
}

fn step() -> impl Strategy<Value = Step> {
    let event = (0..60_u64, 0..SITES.len(), 0..USERS.len(), 0..6_u8);
    prop_oneof![
        4 => prop::collection::vec(event, 1..12).prop_map(Step::Append),
        3 => (1..9_usize).prop_map(Step::Follow),
        1 => (0..SITES.len(), 0..USERS.len()).prop_map(|(site, user)| Step::Forget(site, user)),
        1 => (0..USERS.len(), prop::option::of(0..SITES.len())).prop_map(|(user, site)| Step::Erase(user, site)),
        1 => (0..SITES.len(), 0..24_i64).prop_map(|(site, before)| Step::Expire(site, before)),
        1 => Just(Step::Rebuild),
        3 => (1..9_usize, 940..1_002_i64).prop_map(|(rows, before)| Step::Pack(rows, before)),
    ]
}

/// The event with this number. The same number is the same event: one that comes again.
fn event(number: u64, site: usize, user: usize, shape: u8, received: i64) -> StoredEvent {
    let is_known = user >= 2;
    let id = USERS[user].to_owned();
    let linked = (shape == 0 && is_known).then(|| USERS[user - 2].to_owned());
    let who = match is_known {
        true => UserIds { anonymous: None, known: Some(id), linked },
        false => UserIds { anonymous: Some(id), known: None, linked },
    };
    // Late ones, corrected ones, ones with content, and one that is no JSON.
    let body = match shape {
        1 => format!(r#"{{"sId":"s{user}","server":{{"corrected":{number},"tab":"t{number}","seq":{shape}}}}}"#),
        2 => format!(r#"{{"data":{{"oId":{user},"oName":"of {user}","pId":"p{number}"}},"wm":{{"env":1}}}}"#),
        3 => "no JSON".to_owned(),
        _ => format!(r#"{{"sId":"s{user}","ctx":{{"location":{{"pathname":"/only/{user}/{shape}"}}}}}}"#),
    };
    StoredEvent {
        id: Uuid::from_u128(u128::from(number)),
        site: SITES[site].to_owned(),
        kind: ["play", "pageView"][usize::from(shape % 2)].to_owned(),
        time: 1_000 - number as i64,
        received,
        who,
        body: body.into(),
    }
}

/// `at` is the time of the step: events arrive in the order of their commits.
fn apply(step: &Step, at: i64, store: &(impl AppendEvents + EraseUsers + ExpireData + KeepFacts)) {
    match step {
        Step::Append(events) => {
            let events = events.iter().map(|&(number, site, user, shape)| event(number, site, user, shape, at));
            store.append(&events.map(batch).collect::<Vec<_>>()).unwrap();
        }
        Step::Follow(events) => drop(store.follow(BatchLimit { events: *events, ..ALL }).unwrap()),
        Step::Forget(site, user) => drop(store.forget(SITES[*site], USERS[*user], 0).unwrap()),
        Step::Erase(user, site) => {
            let subject = Subject { id: USERS[*user].to_owned(), site: site.map(|site| SITES[site].to_owned()) };
            store.erase(&subject, ErasureSource::Api, 0).unwrap();
        }
        Step::Expire(site, before) => {
            let expiry = Expiry { before: [(SITES[*site].to_owned(), *before)].into(), time: 0 };
            assert!(store.expire(&expiry, 0, 10_000).unwrap().done);
        }
        Step::Rebuild => store.drop_facts().unwrap(),
        Step::Pack(rows, before) => {
            let packing = Packing { rows: *rows, before: *before };
            let _ = (0..3).all(|_| store.pack(packing).unwrap());
        }
    }
}

fn batch(event: StoredEvent) -> IngestBatch {
    IngestBatch {
        site: event.site.clone(),
        tab: Uuid::from_u128(1),
        day: Day::of(0),
        seq: 0,
        events: 1,
        last: 0,
        lost: Losses::default(),
        records: vec![event],
    }
}

/// All facts with their texts, but for the position, which stores count differently.
fn facts(store: &impl ReadFacts) -> Vec<(String, Fact<String>)> {
    let mut found = Vec::new();
    let mut read = |rows: &dyn crate::store::FactRows| {
        for site in SITES {
            let Some(id) = rows.find(site)? else { continue };
            for env in 0..2 {
                let mut ids = Vec::new();
                rows.scan(&Scan::all(id, env, i64::MIN, i64::MAX), &mut |fact| {
                    ids.push(fact.clone());
                    ControlFlow::Continue(())
                })?;
                for fact in ids {
                    let fact = fact.try_map(|id| rows.text(*id))?;
                    found.push((site.to_owned(), Fact { position: 0, ..fact }));
                }
            }
        }
        Ok(())
    };
    store.with_facts(&mut read).unwrap();
    found.sort_by_key(|(site, fact)| format!("{site} {fact:?}"));
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn facts_equal_a_recount_of_the_events(steps in prop::collection::vec(step(), 1..24)) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.db");
        let (store, raw) = (Sqlite::open(&file).unwrap(), Memory::default());
        for (at, step) in (0..).zip(&steps) {
            apply(step, at, &raw);
            apply(step, at, &store);
        }
        while store.follow(ALL).unwrap() > 0 {}
        prop_assert_eq!(facts(&store), facts(&raw));
        // The other checks are about what these made-up events lack.
        let wrong: Vec<_> = verify(&file).unwrap().wrong.into_iter().filter(|line| line.starts_with("facts")).collect();
        prop_assert_eq!(wrong, Vec::<String>::new());
    }
}

#[test]
fn an_erasure_leaves_no_byte_of_what_only_that_user_had() {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
    let events = (0..40).map(|number| event(number, 0, 2 * (number as usize % 2), 4, 0));
    store.append(&events.map(batch).collect::<Vec<_>>()).unwrap();
    while store.follow(ALL).unwrap() > 0 {}
    let (theirs, others) = ("/only/2/4".to_owned(), "/only/0/4".to_owned());
    assert!(!store.scrub(std::slice::from_ref(&theirs)).unwrap());
    store.erase(&Subject { id: USERS[2].to_owned(), site: None }, ErasureSource::Api, 0).unwrap();
    assert!(store.scrub(&[theirs, USERS[2].to_owned()]).unwrap());
    assert!(!store.scrub(&[others]).unwrap());
    assert_eq!(facts(&store).len(), 20);
}
