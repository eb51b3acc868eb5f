//! All IDs of a user: the requested one and the anonymous ones linked to it.

use super::Events;
use crate::store::{StoredEvent, Subject, UserIds};
use std::collections::BTreeSet;

impl Events {
    /// All IDs of a user, the requested one first.
    pub(super) fn ids(&self, subject: &Subject) -> Vec<String> {
        let at_site = |record: &&StoredEvent| subject.site.as_ref().is_none_or(|site| *site == record.site);
        let mine = |record: &&StoredEvent| record.who.known.as_deref() == Some(&subject.id);
        let links = || self.by_id.values().filter(at_site).filter(|record| record.who.linked.is_some());
        let others: BTreeSet<_> = links().filter(|record| !mine(record)).map(|record| &record.who.linked).collect();
        let linked: BTreeSet<_> =
            links().filter(mine).map(|record| &record.who.linked).filter(|linked| !others.contains(linked)).collect();
        let linked = linked.into_iter().flatten().filter(|linked| **linked != subject.id).cloned();
        [subject.id.clone()].into_iter().chain(linked).collect()
    }
}

impl Subject {
    /// Whether the owner is a user with these IDs.
    pub(super) fn owns(&self, (site, user): &(String, String), ids: &[String]) -> bool {
        self.site.as_ref().is_none_or(|of| of == site) && ids.contains(user)
    }

    /// Whether the event belongs to a user with these IDs.
    pub(super) fn is(&self, record: &StoredEvent, ids: &[String]) -> bool {
        let UserIds { anonymous, known, linked } = &record.who;
        self.site.as_ref().is_none_or(|site| *site == record.site)
            && [anonymous, known, linked].into_iter().flatten().any(|id| ids.contains(id))
    }
}
