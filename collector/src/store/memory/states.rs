//! User state in memory.

use super::{Events, Memory};
use crate::store::states::merge;
use crate::store::{Change, ExportedState, KeepState, Merged, Name, States, StoreError, Subject};
use waymark_wire::state::Versioned;

impl KeepState for Memory {
    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError> {
        let mut events = self.write();
        let merged = changes.iter().map(|Change { site, user, entries }| {
            let owner = (site.clone(), user.clone());
            let mut states = events.states(&owner, time);
            let (fates, changed) = merge(&mut states, entries);
            if !changed.is_empty() {
                events.states.insert(owner, states.clone());
            }
            Merged { fates, states }
        });
        Ok(merged.collect())
    }

    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError> {
        Ok(self.read().states(&(site.to_owned(), user.to_owned()), time))
    }

    fn export_state(&self, subject: &Subject) -> Result<Vec<ExportedState>, StoreError> {
        let events = self.read();
        let ids = events.ids(subject);
        let theirs = events.states.iter().filter(|(owner, _)| subject.owns(owner, &ids));
        let all = theirs.flat_map(|((site, user), states)| {
            let of = |(name, state): (&Name, &Versioned)| ExportedState {
                site: site.clone(),
                user: user.clone(),
                name: name.clone(),
                state: state.clone(),
            };
            states.iter().map(of)
        });
        Ok(all.collect())
    }
}

impl Events {
    /// The user's state that has not expired.
    fn states(&self, owner: &(String, String), time: i64) -> States {
        let mut states = self.states.get(owner).cloned().unwrap_or_default();
        states.retain(|_, state| state.expires > time);
        states
    }
}
