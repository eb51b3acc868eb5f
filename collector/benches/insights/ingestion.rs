//! What does storing cost with facts and without? The same events go into two stores, in turns, and one of them has its
//! facts made and packed. A commit has as many batches as under load, or one.

use super::month::Month;
use super::{COMMIT, STEP, cpu};
use waymark_collector::store::{AppendEvents, KeepFacts, Packing, Sqlite};

const TURNS: usize = 12;
const EVENTS: u64 = 25_000;

pub fn run() {
    for commit in [COMMIT, 1] {
        let dir = tempfile::tempdir().unwrap();
        let [without, with] = ["without.db", "with.db"].map(|name| Sqlite::open(&dir.path().join(name)).unwrap());
        let whole = EVENTS as usize * TURNS;
        let (mut for_without, mut for_with) = (Month::of(whole, false), Month::of(whole, false));
        let [mut alone, mut beside, mut facts, mut packing] = [0.0; 4];
        for turn in 1..=TURNS as u64 {
            alone += append(&without, &mut for_without, turn * EVENTS, commit);
            beside += append(&with, &mut for_with, turn * EVENTS, commit);
            let begun = cpu();
            while with.follow(STEP).unwrap() > 0 {}
            let made = cpu();
            while with.pack(Packing { rows: Packing::ROWS, before: i64::MAX }).unwrap() {}
            facts += made - begun;
            packing += cpu() - made;
        }
        assert_eq!(for_without.made, for_with.made);
        let [alone, beside, facts, packing] =
            [alone, beside, facts, packing].map(|seconds| seconds * 1e6 / for_with.made as f64);
        println!(
            "{commit} batches a commit, µs an event of CPU: storing {alone:.1} without facts, {beside:.1} with facts beside \
             it ({:.2} times); facts {facts:.1}, packing {packing:.1}",
            beside / alone
        );
    }
}

fn append(store: &Sqlite, month: &mut Month, upto: u64, commit: usize) -> f64 {
    let mut taken = 0.0;
    while month.made < upto {
        let batches: Vec<_> = (0..commit).map(|_| month.batch()).collect();
        let begun = cpu();
        store.append(&batches).unwrap();
        taken += cpu() - begun;
    }
    taken
}
