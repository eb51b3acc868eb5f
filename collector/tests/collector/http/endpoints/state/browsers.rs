//! Two browsers of one user end with the same state, after any changes and any losses on the way.

use super::{LATER, start, sync};
use crate::harness::running::*;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use waymark_collector::store::Name;
use waymark_wire::state::{Item, Reply, Versioned};

/// What a browser does.
#[derive(Clone, Copy, Debug)]
enum Step {
    Set(u8, u8),
    Remove(u8),
    /// It tells the collector what changed.
    Send,
    /// It takes what is answered.
    Receive,
    /// What is answered does not arrive.
    Lose,
}

/// A browser that keeps entries as the recorder does, with a version beside each.
#[derive(Default)]
struct Browser {
    kept: BTreeMap<Name, Versioned>,
    /// What was not told yet.
    changed: Vec<Name>,
    /// What was told and is not answered yet, and the answer.
    told: Option<(Vec<Name>, Value)>,
}

/// Which version, and which value of it.
type Seen = BTreeMap<Name, (u32, Option<String>)>;

impl Browser {
    fn name(name: u8) -> Name {
        let kind = if name.is_multiple_of(2) { "task" } else { "data" };
        (kind.to_owned(), name.to_string())
    }

    fn set(&mut self, name: u8, value: u8, time: i64) {
        let name = Self::name(name);
        let before = self.kept.get(&name);
        let at = before.filter(|before| name.0 != "data" && before.value.is_some()).map_or(time, |before| before.at);
        let version = before.map_or(0, |before| before.version);
        self.kept.insert(name.clone(), Versioned { version, at, expires: LATER, value: Some(value.to_string()) });
        self.changed.push(name);
    }

    fn remove(&mut self, name: u8, time: i64) {
        let name = Self::name(name);
        if let Some(kept) = self.kept.get_mut(&name).filter(|kept| kept.value.is_some()) {
            *kept = Versioned { version: kept.version + 1, at: time, expires: LATER, value: None };
            self.changed.push(name);
        }
    }

    fn entries(&self) -> Value {
        let all = self.changed.iter().filter_map(|name| Some(Item::new(name.clone(), self.kept.get(name)?.clone())));
        serde_json::to_value(all.collect::<Vec<_>>()).unwrap()
    }

    fn receive(&mut self) {
        let Some((_, reply)) = self.told.take() else { return };
        for (name, there) in items(reply) {
            let merged = match self.kept.remove(&name) {
                Some(kept) => kept.merged(there, &name.0),
                None => there,
            };
            self.kept.insert(name, merged);
        }
    }

    fn lose(&mut self) {
        if let Some((names, _)) = self.told.take() {
            self.changed.extend(names);
        }
    }
}

fn items(reply: Value) -> Vec<(Name, Versioned)> {
    let reply: Reply = serde_json::from_value(reply).unwrap();
    let all = reply.entries.into_iter().map(|Item { kind, name, version, at, expires, value }| {
        let value = value.map(|value| value.get().to_owned());
        ((kind, name), Versioned { version, at: at.unwrap(), expires: expires.unwrap(), value })
    });
    all.collect()
}

fn seen<'a>(all: impl IntoIterator<Item = (&'a Name, &'a Versioned)>) -> Seen {
    all.into_iter().map(|(name, kept)| (name.clone(), (kept.version, kept.value.clone()))).collect()
}

/// Both browsers of `user` take these steps; gives what each of them sees in the end, and what the collector does.
async fn run(collector: &Running, user: &str, steps: &[(usize, Step)]) -> (Seen, Seen, Seen) {
    let mut browsers = [Browser::default(), Browser::default()];
    let mut there = Seen::new();
    // The same user's other browser may be told first, also where it has not changed last.
    let end = [0, 1, 0].into_iter().flat_map(|at| [(at, Step::Lose), (at, Step::Send), (at, Step::Receive)]);
    for (time, (at, step)) in steps.iter().copied().chain(end).enumerate() {
        let (browser, time) = (&mut browsers[at], time as i64);
        match step {
            Step::Set(name, value) => browser.set(name, value, time),
            Step::Remove(name) => browser.remove(name, time),
            Step::Send if browser.told.is_none() => {
                let reply = sync(collector, user, browser.entries()).await;
                browser.told = Some((std::mem::take(&mut browser.changed), reply.clone()));
                let before = std::mem::replace(&mut there, seen(items(reply).iter().map(|(name, kept)| (name, kept))));
                for (name, was) in before.iter().filter(|(name, _)| name.0 == "task") {
                    assert!(there.get(name) >= Some(was), "{name:?} went back from {was:?} to {:?}", there.get(name));
                }
            }
            Step::Send => {}
            Step::Receive => browser.receive(),
            Step::Lose => browser.lose(),
        }
    }
    let [one, two] = browsers;
    (seen(&one.kept), seen(&two.kept), there)
}

fn two_browsers_end_with_the_same(home: Home) {
    let step = prop_oneof![
        3 => (0..4u8, 0..3u8).prop_map(|(name, value)| Step::Set(name, value)),
        1 => (0..4u8).prop_map(Step::Remove),
        2 => Just(Step::Send),
        2 => Just(Step::Receive),
        1 => Just(Step::Lose),
    ];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let collector = runtime.block_on(start(&home));
    let mut cases = TestRunner::new(Cases { cases: 96, failure_persistence: None, ..Cases::default() });
    let users = AtomicUsize::new(0);
    let outcome = cases.run(&prop::collection::vec((0..2usize, step), 0..30), |steps| {
        let user = format!("user {}", users.fetch_add(1, Ordering::Relaxed));
        let (one, two, there) = runtime.block_on(run(&collector, &user, &steps));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(&one, &there);
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(collector.stop());
}

#[test]
fn two_browsers_end_with_the_same_in_memory() {
    two_browsers_end_with_the_same(Home::in_memory());
}

#[test]
fn two_browsers_end_with_the_same_in_sqlite() {
    two_browsers_end_with_the_same(Home::in_sqlite());
}
