//! Batches, retries and declarations come in any order: what was created is stored, lost or missing, each event is
//! stored once, and both stores say the same.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config as Cases, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use waymark_collector::store::{AuditRow, Day, Days, IngestBatch, Losses, Memory, Sqlite, Store, StoredEvent, UserIds};
use waymark_wire::Reason;

/// What becomes of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Arrives,
    Lost(Reason),
    Vanishes,
}

/// What happens in a tab: batches of so many events, each with its fate and so many events beside it that were too
/// large to be numbered.
type History = Vec<(u64, Fate, u64)>;

/// One request: of which tab, which batch of it (or none, a declaration), what the tab knew by then, on which day.
type Request = (Index, Option<Index>, Index, bool);

fn histories() -> impl Strategy<Value = Vec<History>> {
    let fate = prop_oneof![
        3 => Just(Fate::Arrives),
        1 => Just(Fate::Lost(Reason::Overflow)),
        1 => Just(Fate::Lost(Reason::Refused)),
        1 => Just(Fate::Vanishes),
    ];
    prop::collection::vec(prop::collection::vec((1u64..5, fate, 0u64..2), 1..6), 1..4)
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let batch = prop::option::weighted(0.8, any::<Index>());
    prop::collection::vec((any::<Index>(), batch, any::<Index>(), any::<bool>()), 0..30)
}

/// What the tab number `tab` sends about its batch number `batch`, having got as far as `known` of its batches.
fn delivery(histories: &[History], tab: usize, batch: Option<usize>, known: usize, late: bool) -> IngestBatch {
    let history = &histories[tab];
    let known = known.max(batch.map_or(0, |batch| batch + 1));
    let numbers = |batches: usize| history.iter().take(batches).map(|(events, ..)| events).sum::<u64>();
    let mut lost = BTreeMap::new();
    for &(events, fate, too_large) in &history[..known] {
        *lost.entry(Reason::TooLarge.name().to_owned()).or_default() += too_large;
        if let Fate::Lost(reason) = fate {
            *lost.entry(reason.name().to_owned()).or_default() += events;
        }
    }
    let (seq, events) = batch.map_or((numbers(known), 0), |batch| (numbers(batch), history[batch].0));
    let record = |seq: u64| StoredEvent {
        id: Uuid::from_u128((tab as u128) << 64 | u128::from(seq)),
        site: site(tab),
        kind: "play".to_owned(),
        time: 0,
        received: 0,
        who: UserIds::default(),
        body: "{}".into(),
    };
    IngestBatch {
        site: site(tab),
        tab: Uuid::from_u128(tab as u128),
        day: Day::of(if late { 86_400_000 } else { 0 }),
        seq,
        events,
        last: numbers(known).saturating_sub(1),
        lost: Losses::declared(&lost),
        records: (seq..seq + events).map(record).collect(),
    }
}

fn site(tab: usize) -> String {
    ["demo", "shop"][tab % 2].to_owned()
}

fn all(store: &dyn Store) -> Vec<AuditRow> {
    store.audit(&Days::default()).unwrap()
}

/// Appends to both stores, and holds them to each other and to what every audit says.
fn append(stores: [&dyn Store; 2], deliveries: &[IngestBatch]) -> Result<Vec<u64>, TestCaseError> {
    let [one, other] = stores.map(|store| store.append(deliveries).unwrap());
    prop_assert_eq!(&one, &other);
    let audited = all(stores[0]);
    prop_assert_eq!(&audited, &all(stores[1]));
    for AuditRow { figures, .. } in audited {
        let told = figures.stored + figures.lost.total() + figures.missing;
        prop_assert_eq!(figures.created + figures.surplus, told);
    }
    Ok(one.into_iter().map(|receipt| receipt.acknowledged_below).collect())
}

fn conserved(histories: &[History], requests: &[Request]) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.db");
    let memory = Memory::default();
    let mut sqlite = Sqlite::open(&file).unwrap();
    let mut answered = vec![BTreeSet::new(); histories.len()];
    let arrives = |tab: usize, batch: usize| histories[tab][batch].1 == Fate::Arrives;

    let sent = requests.iter().filter_map(|(tab, batch, known, late)| {
        let tab = tab.index(histories.len());
        let batch = batch.as_ref().map(|batch| batch.index(histories[tab].len()));
        let known = known.index(histories[tab].len() + 1);
        batch.is_none_or(|batch| arrives(tab, batch)).then(|| delivery(histories, tab, batch, known, *late))
    });
    // In the end each tab has said all, and everything that can arrive has, the newest first.
    let rest = (0..histories.len()).flat_map(|tab| {
        let all = histories[tab].len();
        let arriving = (0..all).rev().filter(move |&batch| arrives(tab, batch)).map(Some);
        [None].into_iter().chain(arriving).map(move |batch| {
            let known = if batch.is_none() { all } else { 0 };
            delivery(histories, tab, batch, known, true)
        })
    });
    let sent: Vec<IngestBatch> = sent.chain(rest).collect();
    for (round, group) in sent.chunks(3).enumerate() {
        if round % 4 == 3 {
            drop(sqlite);
            sqlite = Sqlite::open(&file).unwrap();
        }
        let uptos = append([&memory, &sqlite], group)?;
        for (IngestBatch { tab, seq, events, .. }, upto) in group.iter().zip(uptos) {
            let answered = &mut answered[tab.as_u128() as usize];
            answered.extend(*seq..*seq + *events);
            prop_assert!((0..upto).all(|number| answered.contains(&number)));
        }
    }

    let sum = |of: fn(&(u64, Fate, u64)) -> u64| histories.iter().flatten().map(of).sum::<u64>();
    let total = |of: fn(&AuditRow) -> u64| all(&sqlite).iter().map(of).sum::<u64>();
    let stored = sum(|(events, fate, _)| if *fate == Fate::Arrives { *events } else { 0 });
    let came: u64 = sent.iter().map(|delivery| delivery.events).sum();
    prop_assert_eq!(total(|row| row.figures.tabs), histories.len() as u64);
    prop_assert_eq!(total(|row| row.figures.created), sum(|(events, _, too_large)| events + too_large));
    prop_assert_eq!(total(|row| row.figures.stored), stored);
    prop_assert_eq!(total(|row| row.figures.duplicate), came - stored);
    prop_assert_eq!(
        total(|row| row.figures.missing),
        sum(|(events, fate, _)| if *fate == Fate::Vanishes { *events } else { 0 })
    );
    prop_assert_eq!(total(|row| row.figures.surplus), 0);
    Ok(())
}

#[test]
fn what_was_created_is_stored_lost_or_missing_in_whatever_order_it_comes() {
    let mut cases = TestRunner::new(Cases { cases: 48, failure_persistence: None, ..Cases::default() });
    cases.run(&(histories(), requests()), |(histories, requests)| conserved(&histories, &requests)).unwrap();
}
