//! Tells the users of a site whose events were erased and are still there. Each ID is hashed once.

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

    /// The events with this ID are erased if they arrived until then, epoch ms.
    pub(super) fn until(&mut self, id: &str, is_anonymous: bool) -> Option<i64> {
        let seen = &mut self.seen[usize::from(is_anonymous)];
        if let Some(until) = seen.get(id) {
            return *until;
        }
        let until = self.tombstones.until(self.site, id, is_anonymous);
        seen.insert(id.to_owned(), until);
        until
    }
}
