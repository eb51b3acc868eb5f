//! In every failure, at any time: each event that was committed and not erased reaches the sink, in commit order
//! for each site and user; none does before its commit or after its erasure.

use super::faulty::{Answers, FaultySink, FaultyStore};
use super::{BAD, append, event};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uuid::Uuid;
use waymark_collector::sinks::{Forwarder, Progress};
use waymark_collector::store::{BatchLimit, Expiry, Memory, Position, Sqlite, Store, StoredEvent};

const ALL: BatchLimit = BatchLimit { events: usize::MAX, bytes: usize::MAX };

#[derive(Clone, Debug)]
enum Op {
    /// Events in one commit: of which site, and of each the user and whether it is one that the sink rejects.
    Append(u8, Vec<(u8, bool)>),
    /// Erases what a user of a site has.
    Forget(u8, u8),
    /// Erases this part of all events, the oldest first: so many of ten.
    Expire(u8),
    Step {
        answers: Answers,
        fails_to_read: bool,
        fails_to_save: bool,
    },
    /// The program ends; with it the sink, where that is true.
    Crash(bool),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let answers = (
        prop::collection::vec(any::<bool>(), 0..4),
        prop::option::weighted(0.1, 0..4_usize),
        prop::bool::weighted(0.15),
        prop::option::weighted(0.1, 0..4_usize),
    );
    let answers = answers.prop_map(|(refused, answered, is_not_flushed, stalls_at)| Answers {
        refused,
        answered,
        is_not_flushed,
        stalls_at,
        ..Answers::default()
    });
    let step = (answers, prop::bool::weighted(0.1), prop::bool::weighted(0.2));
    let step =
        step.prop_map(|(answers, fails_to_read, fails_to_save)| Op::Step { answers, fails_to_read, fails_to_save });
    let op = prop_oneof![
        4 => (0..2_u8, prop::collection::vec((0..3_u8, prop::bool::weighted(0.1)), 1..6))
            .prop_map(|(site, users)| Op::Append(site, users)),
        1 => (0..2_u8, 0..3_u8).prop_map(|(site, user)| Op::Forget(site, user)),
        1 => (0..10_u8).prop_map(Op::Expire),
        6 => step,
        1 => any::<bool>().prop_map(Op::Crash),
    ];
    prop::collection::vec(op, 1..40)
}

fn site(site: u8) -> &'static str {
    ["demo", "shop"][usize::from(site)]
}

/// A store, a sink and the forwarder between them, and what should be known of them.
struct Case<'a> {
    /// `None` for a store in memory.
    file: Option<&'a Path>,
    store: Option<Arc<FaultyStore>>,
    sink: FaultySink,
    limit: BatchLimit,
    forwarder: Option<Forwarder<FaultySink>>,
    /// All events, in commit order.
    committed: Vec<StoredEvent>,
    erased: HashSet<Uuid>,
    /// How many of the events that the sink was given were looked at.
    seen: usize,
}

impl<'a> Case<'a> {
    fn new(file: Option<&'a Path>, limit: BatchLimit) -> Self {
        let sink = FaultySink::new(Answers::default());
        let mut case = Case {
            file,
            store: None,
            sink,
            limit,
            forwarder: None,
            committed: Vec::new(),
            erased: HashSet::new(),
            seen: 0,
        };
        case.restart();
        case
    }

    /// A store in memory goes on; a file is opened again.
    fn restart(&mut self) {
        self.forwarder = None;
        let before = self.store.take().map(|faulty| faulty.store.clone());
        let store: Arc<dyn Store> = match self.file {
            Some(file) => {
                drop(before);
                Arc::new(Sqlite::open(file).unwrap())
            }
            None => before.unwrap_or_else(|| Arc::new(Memory::default())),
        };
        let store = Arc::new(FaultyStore::new(store));
        self.forwarder = Some(Forwarder::new(store.clone(), self.sink.clone()).limit(self.limit));
        self.store = Some(store);
    }

    fn store(&self) -> &FaultyStore {
        self.store.as_ref().unwrap()
    }

    fn append(&mut self, of: u8, users: &[(u8, bool)]) {
        let records = users.iter().enumerate().map(|(index, (user, is_bad))| {
            let number = (self.committed.len() + index) as u64;
            event(number, site(of), &format!("user {user}"), if *is_bad { BAD } else { "play" })
        });
        let records: Vec<_> = records.collect();
        append(&*self.store().store, records.clone());
        self.committed.extend(records);
    }

    fn erase(&mut self, is_erased: impl Fn(&StoredEvent) -> bool) {
        self.erased.extend(self.committed.iter().filter(|event| is_erased(event)).map(|event| event.id));
    }

    /// Returns `None` where the sink stalled, and the program was ended over it.
    async fn step(&mut self) -> Option<Progress> {
        let stalled = self.sink.stalled.clone();
        let forwarder = self.forwarder.as_mut().unwrap();
        let progress = tokio::select! {
            progress = forwarder.step() => Some(progress.unwrap_or(Progress::Stalled)),
            () = stalled.notified() => None,
        };
        if progress.is_none() {
            self.restart();
        }
        progress
    }

    async fn run(&mut self, op: Op, is_strict: bool) -> Result<(), TestCaseError> {
        match op {
            Op::Append(of, users) => self.append(of, &users),
            Op::Forget(of, user) => {
                let user = format!("user {user}");
                self.store().store.forget(site(of), &user, 0).unwrap();
                self.erase(|event| event.site == site(of) && event.who.anonymous.as_ref() == Some(&user));
            }
            Op::Expire(part) => {
                let before = (self.committed.len() * usize::from(part) / 10) as i64;
                let expiry = Expiry { before: [0, 1].map(|of| (site(of).to_owned(), before)).into(), time: 0 };
                self.store().store.expire(&expiry, 0, usize::MAX).unwrap();
                self.erase(|event| event.received < before);
            }
            Op::Step { answers, fails_to_read, fails_to_save } => {
                *self.sink.answers.lock().unwrap() = Answers { is_strict, ..answers };
                self.store().fails_to_read.store(fails_to_read, Ordering::Relaxed);
                self.store().fails_to_save.store(fails_to_save, Ordering::Relaxed);
                self.step().await;
            }
            Op::Crash(with_sink) => {
                if with_sink {
                    self.sink.taken.crash();
                }
                self.restart();
            }
        }
        let given = self.sink.given.lock().unwrap();
        for id in &given[self.seen..] {
            prop_assert!(self.committed.iter().any(|event| event.id == *id), "before its commit");
            prop_assert!(!self.erased.contains(id), "after its erasure");
        }
        self.seen = given.len();
        Ok(())
    }

    /// All of it works again, until nothing is left.
    async fn finish(&mut self) -> Result<(), TestCaseError> {
        *self.sink.answers.lock().unwrap() = Answers::default();
        self.restart();
        for _ in 0..=self.committed.len() {
            if self.step().await == Some(Progress::Idle) {
                let cursor = self.store().store.cursor("faulty").unwrap();
                prop_assert!(self.store().store.committed(cursor, ALL).unwrap().is_empty());
                let left = self.store().store.committed(Position::START, ALL).unwrap().len();
                prop_assert_eq!(left, self.committed.len() - self.erased.len());
                return Ok(());
            }
        }
        Err(TestCaseError::fail("it never ends"))
    }

    fn check(&self, is_strict: bool) -> Result<(), TestCaseError> {
        let arrived = self.sink.taken.events();
        let ids: HashSet<_> = arrived.iter().map(|event| event.id).collect();
        for event in &self.committed {
            let is_due = event.kind != BAD && !self.erased.contains(&event.id);
            prop_assert!(!is_due || ids.contains(&event.id), "{} did not arrive", event.body);
            prop_assert!(event.kind != BAD || !ids.contains(&event.id));
        }
        // What was erased may have been on its way a second time.
        let stored = arrived.iter().filter(|event| !self.erased.contains(&event.id));
        in_order(stored.rev(), |later, earlier| earlier < later)?;
        if is_strict {
            in_order(arrived.iter(), |earlier, later| earlier < later)?;
        }
        Ok(())
    }
}

/// Of the first copies in `events`, those of a site and user are in this order.
fn in_order<'a>(
    events: impl Iterator<Item = &'a StoredEvent>,
    is_ordered: impl Fn(i64, i64) -> bool,
) -> Result<(), TestCaseError> {
    let (mut seen, mut newest) = (HashSet::new(), HashMap::new());
    for event in events.filter(|event| seen.insert(event.id)) {
        let before = newest.insert((&event.site, &event.who.anonymous), event.received);
        prop_assert!(before.is_none_or(|before| is_ordered(before, event.received)), "{} is out of order", event.body);
    }
    Ok(())
}

async fn delivered(file: Option<&Path>, ops: &[Op], events: usize, is_strict: bool) -> Result<(), TestCaseError> {
    let mut case = Case::new(file, BatchLimit { events, bytes: usize::MAX });
    for op in ops {
        case.run(op.clone(), is_strict).await?;
    }
    case.finish().await?;
    case.check(is_strict)
}

#[test]
fn each_event_arrives_in_order_after_its_commit_and_before_its_erasure() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut cases = TestRunner::new(Cases { cases: 96, failure_persistence: None, ..Cases::default() });
    let runs = |(ops, events, is_strict): (Vec<Op>, usize, bool)| {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.db");
        runtime.block_on(async {
            delivered(None, &ops, events, is_strict).await?;
            delivered(Some(&file), &ops, events, is_strict).await
        })
    };
    cases.run(&(ops(), 1..8_usize, any::<bool>()), runs).unwrap();
}
