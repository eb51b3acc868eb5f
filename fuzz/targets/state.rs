//! What browsers say that they have of a user, one after another: what is kept is what the limits allow, merging it
//! with itself changes nothing, and what is answered reads back the same and changes nothing when it is sent again.
//!
//! The input is the bodies, cut at zero bytes, which no JSON has; a day passes between one and the next.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waymark_collector::StateUpdate;
use waymark_collector::store::{Change, KeepState, Memory, MergeOutcome, Merged, Name, States};
use waymark_wire::state::{DAY_MS, DAYS, ENTRIES, Item, Reply, Request, VALUE_BYTES, Versioned, check};

const NOW: i64 = 1_795_600_000_000;

fuzz_target!(|bytes: &[u8]| {
    let store = Memory::default();
    let mut sent = Vec::new();
    for (day, body) in bytes.split(|byte| *byte == 0).enumerate() {
        let now = NOW + day as i64 * DAY_MS;
        let Ok(request) = serde_json::from_slice::<Request>(body) else { continue };
        let count = request.entries.len();
        let Ok(StateUpdate { change, reply }) = StateUpdate::of(request, now) else { continue };
        let merged = merge_state(&store, &change.entries, now);
        assert_eq!(merged.fates.len(), change.entries.len());
        let states = merged.states.clone();
        hold(&states, now);

        let all: Vec<(Name, Versioned)> = states.clone().into_iter().collect();
        let again = merge_state(&store, &all, now);
        assert_eq!(again.states, states);
        assert!(again.fates.iter().all(|fate| *fate == MergeOutcome::Merged));

        let reply = reply.with(merged);
        assert!(reply.stale.len() + reply.rejected.len() <= count);
        let json = serde_json::to_string(&reply).unwrap();
        assert!(!json.contains(['\n', '\r']), "{json}");
        let read: Reply = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        sends(&store, read.entries, &states, now);
        sent.push(change.entries);
    }
    comes_to_the_same(&sent);
});

fn merge_state(store: &Memory, entries: &[(Name, Versioned)], now: i64) -> Merged {
    let change = Change { site: "demo".to_owned(), user: "adam".to_owned(), entries: entries.to_vec() };
    store.merge_state(&[change], now).unwrap().remove(0)
}

/// What is kept is what may be.
fn hold(states: &States, now: i64) {
    let there = states.values().filter(|state| state.value.is_some()).count();
    assert!(there <= ENTRIES && states.len() - there <= ENTRIES, "{there} of {}", states.len());
    for ((kind, name), state) in states {
        let value = state.value.as_deref();
        check(kind, name, value.unwrap_or("0")).unwrap();
        assert!((0..=now).contains(&state.at) && state.expires > now && state.expires <= now + DAYS * DAY_MS);
        if let Some(value) = value {
            assert!(value.len() <= VALUE_BYTES && !value.contains(['\n', '\r']));
            serde_json::from_str::<Value>(value).unwrap_or_else(|error| panic!("{error}: {value}"));
        }
    }
}

/// A browser that has taken what was answered, and tells it again, changes nothing; but it does not know when something
/// was removed.
fn sends(store: &Memory, entries: Vec<Item>, states: &States, now: i64) {
    let entries: Vec<(Name, Versioned)> = entries.into_iter().map(|entry| entry.read(now).unwrap()).collect();
    assert!(entries.iter().map(|(name, _)| name).eq(states.keys()));
    for (name, state) in &entries {
        let there = &states[name];
        assert_eq!((state.version, &state.value), (there.version, &there.value));
        assert!(state.value.is_none() || state == there, "{state:?} {there:?}");
    }
    let again = merge_state(store, &entries, now).states;
    assert!(again.keys().eq(states.keys()));
    for (again, before) in again.values().zip(states.values()).filter(|(_, before)| before.value.is_some()) {
        assert_eq!(again, before);
    }
}

/// In any order of browsers, where there is room for all that they have.
fn comes_to_the_same(sent: &[Vec<(Name, Versioned)>]) {
    if sent.iter().map(Vec::len).sum::<usize>() > ENTRIES {
        return;
    }
    let (one, other) = (Memory::default(), Memory::default());
    for entries in sent {
        merge_state(&one, entries, NOW);
    }
    for entries in sent.iter().rev() {
        let entries: Vec<(Name, Versioned)> = entries.iter().rev().cloned().collect();
        merge_state(&other, &entries, NOW);
    }
    assert_eq!(one.states("demo", "adam", NOW).unwrap(), other.states("demo", "adam", NOW).unwrap());
}
