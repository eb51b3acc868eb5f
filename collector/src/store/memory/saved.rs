//! Saved segments and goals in memory.

use super::Memory;
use crate::store::{KeepSaved, SAVED, Saved, SavedKind, StoreError};

impl KeepSaved for Memory {
    fn save(&self, saved: &Saved) -> Result<bool, StoreError> {
        let mut events = self.write();
        events.saved.retain(|known| !is(known, &saved.site, saved.kind, &saved.name));
        let fits = events.saved.iter().filter(|known| known.site == saved.site).count() < SAVED;
        if fits {
            events.saved.push(saved.clone());
        }
        Ok(fits)
    }

    fn saved(&self, site: &str) -> Result<Vec<Saved>, StoreError> {
        let events = self.read();
        let mut found: Vec<_> = events.saved.iter().filter(|saved| saved.site == site).cloned().collect();
        found.sort_by(|one, other| (one.kind.name(), &one.name).cmp(&(other.kind.name(), &other.name)));
        Ok(found)
    }

    fn drop_saved(&self, site: &str, kind: SavedKind, name: &str) -> Result<bool, StoreError> {
        let mut events = self.write();
        let before = events.saved.len();
        events.saved.retain(|saved| !is(saved, site, kind, name));
        Ok(events.saved.len() < before)
    }
}

fn is(saved: &Saved, site: &str, kind: SavedKind, name: &str) -> bool {
    saved.site == site && saved.kind == kind && saved.name == name
}
