//! Tells the rows of a site that were erased and are still there. Each ID is hashed once.

use super::tombstones::Tombstones;
use std::collections::HashMap;

/// The erased IDs among those that were seen.
pub(super) struct Erased<'t> {
    tombstones: &'t Tombstones,
    site: &'t str,
    /// Until when the events of an ID are erased, by whether it is anonymous and by the ID.
    seen: [HashMap<String, Option<i64>>; 2],
}

impl<'t> Erased<'t> {
    pub(super) fn new(tombstones: &'t Tombstones, site: &'t str) -> Self {
        Erased { tombstones, site, seen: Default::default() }
    }

    /// Whether a row with these IDs that arrived at this time is erased.
    pub(super) fn has(
        &mut self,
        anonymous: Option<&str>,
        known: Option<&str>,
        linked: Option<&str>,
        received: i64,
    ) -> bool {
        if self.tombstones.is_empty() {
            return false;
        }
        let mut is_erased = |id: Option<&str>, is_anonymous: bool| {
            id.and_then(|id| self.until(id, is_anonymous)).is_some_and(|until| received <= until)
        };
        is_erased(anonymous, true) || is_erased(known, false) || is_erased(linked, false)
    }

    fn until(&mut self, id: &str, is_anonymous: bool) -> Option<i64> {
        let seen = &mut self.seen[usize::from(is_anonymous)];
        if let Some(until) = seen.get(id) {
            return *until;
        }
        let until = self.tombstones.until(self.site, id, is_anonymous);
        seen.insert(id.to_owned(), until);
        until
    }
}
