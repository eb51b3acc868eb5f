//! User state and its merge rules, shared by both stores.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use waymark_wire::state::{ENTRIES, Item, Versioned};

/// An entry's kind and name.
pub type Name = (String, String);

/// The state of one user of one site.
pub type States = BTreeMap<Name, Versioned>;

/// A browser's copy of a user's state, to be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key of the site.
    pub site: String,
    /// The user's ID.
    pub user: String,
    /// What the browser has.
    pub entries: Vec<(Name, Versioned)>,
}

/// Outcome of merging an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeOutcome {
    /// Merged.
    Merged,
    /// The stored entry was reset later.
    Stale,
    /// The user has the maximum number of entries.
    Full,
}

/// Result of merging a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// One outcome for each entry.
    pub fates: Vec<MergeOutcome>,
    /// The user's state after the merge.
    pub states: States,
}

/// An entry for export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedState {
    /// The key of the site.
    pub site: String,
    /// The user's ID.
    pub user: String,
    /// Its kind and name.
    pub name: Name,
    /// It.
    pub state: Versioned,
}

impl ExportedState {
    /// The entry as a JSON line. Its member `state` distinguishes it from an event.
    pub(crate) fn line(self) -> String {
        #[derive(Serialize)]
        struct Line {
            state: Whose,
        }
        #[derive(Serialize)]
        struct Whose {
            site: String,
            user: String,
            #[serde(flatten)]
            item: Item,
        }
        let ExportedState { site, user, name, state } = self;
        let line = Line { state: Whose { site, user, item: Item::new(name, state) } };
        // Names, numbers and JSON can always be written.
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// Merges `entries` into `states`. Gives the fate of each, and the names of what is another now, or gone.
pub(super) fn merge(states: &mut States, entries: &[(Name, Versioned)]) -> (Vec<MergeOutcome>, BTreeSet<Name>) {
    let mut changed = BTreeSet::new();
    let mut fates = Vec::with_capacity(entries.len());
    for (name, sent) in entries {
        let there = states.get(name);
        let fate = match there {
            Some(there) if sent.is_stale(there) => MergeOutcome::Stale,
            there if sent.value.is_some() && !there.is_some_and(is_there) && count(states, true) >= ENTRIES => {
                MergeOutcome::Full
            }
            _ => MergeOutcome::Merged,
        };
        fates.push(fate);
        if fate != MergeOutcome::Merged {
            continue;
        }
        let merged = match there {
            Some(there) => sent.clone().merged(there.clone(), &name.0),
            None => sent.clone(),
        };
        if there != Some(&merged) {
            states.insert(name.clone(), merged);
            changed.insert(name.clone());
        }
        // A browser that still has what was removed longest ago brings it back; the room for names has an end.
        let oldest = states.iter().filter(|(_, state)| !is_there(state)).min_by_key(|(_, state)| state.at);
        if let Some((oldest, _)) = oldest
            && count(states, false) > ENTRIES
        {
            let oldest = oldest.clone();
            states.remove(&oldest);
            changed.insert(oldest);
        }
    }
    (fates, changed)
}

fn is_there(state: &Versioned) -> bool {
    state.value.is_some()
}

fn count(states: &States, there: bool) -> usize {
    states.values().filter(|state| is_there(state) == there).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(name: u32, version: u32, at: i64, value: Option<u32>) -> (Name, Versioned) {
        let value = value.map(|value| value.to_string());
        (("task".to_owned(), name.to_string()), Versioned { version, at, expires: 9, value })
    }

    #[test]
    fn so_many_entries_fit_and_so_many_removals_beside_them() {
        let limit = ENTRIES as u32;
        let mut states = States::new();
        let all: Vec<_> = (0..=limit).map(|name| entry(name, 0, 1, Some(1))).collect();
        let (fates, _) = merge(&mut states, &all);
        assert_eq!(fates.iter().filter(|fate| **fate == MergeOutcome::Merged).count(), ENTRIES);
        assert_eq!(fates.last(), Some(&MergeOutcome::Full));
        // What is there already may go on.
        assert_eq!(merge(&mut states, &[entry(0, 0, 1, Some(2))]).0, [MergeOutcome::Merged]);
        // The oldest of the removals is forgotten, and there is room for others.
        for name in 0..=limit {
            assert_eq!(merge(&mut states, &[entry(name, 1, i64::from(name), None)]).0, [MergeOutcome::Merged]);
        }
        assert_eq!((count(&states, true), count(&states, false)), (0, ENTRIES));
        assert!(!states.contains_key(&entry(0, 0, 0, None).0));
        assert_eq!(merge(&mut states, &all[..1]).0, [MergeOutcome::Merged]);
    }

    proptest! {
        #[test]
        fn what_is_said_to_have_changed_is_what_has(
            sent in prop::collection::vec((0..4u32, 0..3u32, 0..3i64, prop::option::of(0..3u32)), 0..20),
        ) {
            let mut states = States::new();
            for (name, version, at, value) in sent {
                let (before, sent) = (states.clone(), entry(name, version, at, value));
                let (fates, changed) = merge(&mut states, std::slice::from_ref(&sent));
                let is_other = |name: &&Name| before.get(*name) != states.get(*name);
                let others: BTreeSet<_> = before.keys().chain(states.keys()).filter(is_other).cloned().collect();
                prop_assert_eq!(&others, &changed);
                prop_assert!(fates == [MergeOutcome::Merged] || changed.is_empty());
            }
        }
    }
}
