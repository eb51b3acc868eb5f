//! Erasures that were asked for. What they are about is not landed, not shown, and removed.

use crate::store::{ErasureScope, StoredEvent, UserHash, UserIds};
use std::collections::HashMap;

/// An erasure of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tombstone {
    /// Only this site.
    site: Option<String>,
    scope: ErasureScope,
    /// Events that arrived until then, epoch ms.
    time: i64,
}

/// Erasures, by the hash of the user's ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tombstones(HashMap<UserHash, Vec<Tombstone>>);

/// An erasure with the user that it is of.
#[derive(Clone, Copy)]
pub(super) struct ErasureOf<'t> {
    pub(super) user: UserHash,
    pub(super) site: Option<&'t str>,
    pub(super) scope: ErasureScope,
    pub(super) time: i64,
}

impl Tombstones {
    /// Adds an erasure.
    pub(super) fn add(&mut self, user: UserHash, site: Option<String>, scope: ErasureScope, time: i64) {
        self.0.entry(user).or_default().push(Tombstone { site, scope, time });
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<ErasureOf<'_>> {
        let mut all = Vec::new();
        for (&user, tombstones) in &self.0 {
            all.extend(tombstones.iter().map(|of| ErasureOf {
                user,
                site: of.site.as_deref(),
                scope: of.scope,
                time: of.time,
            }));
        }
        all
    }

    /// Whether an event was erased.
    pub fn is_erased(&self, event: &StoredEvent) -> bool {
        self.has(&event.site, &event.who, event.received)
    }

    /// Whether an event of a site with these IDs that arrived at this time was erased.
    pub(super) fn has(&self, site: &str, who: &UserIds, received: i64) -> bool {
        let UserIds { anonymous, known, linked } = who;
        let is_of = |id: &Option<String>, is_anonymous| {
            id.as_deref().and_then(|id| self.until(site, id, is_anonymous)).is_some_and(|until| received <= until)
        };
        !self.is_empty() && (is_of(anonymous, true) || is_of(known, false) || is_of(linked, false))
    }

    /// The events of a site with this ID are erased if they arrived until then, epoch ms.
    pub(super) fn until(&self, site: &str, id: &str, is_anonymous: bool) -> Option<i64> {
        let all = self.0.get(&UserHash::of(id)).into_iter().flatten();
        let about = all.filter(|tombstone| {
            tombstone.site.as_deref().is_none_or(|of| of == site)
                && (is_anonymous || tombstone.scope == ErasureScope::All)
        });
        about.map(|tombstone| tombstone.time).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn event(site: &str, who: UserIds, received: i64) -> StoredEvent {
        let (site, kind) = (site.to_owned(), "play".to_owned());
        StoredEvent { id: Uuid::nil(), site, kind, time: 0, received, who, body: "".into() }
    }

    #[test]
    fn an_erasure_is_about_an_id_a_site_and_what_arrived_before() {
        let mut tombstones = Tombstones::default();
        let mut add = |id: &str, site: Option<&str>, scope| {
            tombstones.add(UserHash::of(id), site.map(str::to_owned), scope, 10);
        };
        add("a", Some("shop"), ErasureScope::Anonymous);
        add("k", None, ErasureScope::All);
        let anonymous = |id: &str| UserIds { anonymous: Some(id.to_owned()), ..UserIds::default() };
        let known = |id: &str| UserIds { known: Some(id.to_owned()), ..UserIds::default() };
        let linked = UserIds { linked: Some("k".to_owned()), ..known("other") };
        for (site, who, received, is_erased) in [
            ("shop", anonymous("a"), 10, true),
            ("shop", anonymous("a"), 11, false),
            ("other", anonymous("a"), 10, false),
            ("shop", known("a"), 10, false),
            ("other", known("k"), 10, true),
            ("other", anonymous("k"), 9, true),
            ("other", linked, 9, true),
            ("other", UserIds::default(), 9, false),
        ] {
            assert_eq!(
                tombstones.is_erased(&event(site, who.clone(), received)),
                is_erased,
                "{site} {who:?} {received}"
            );
        }
    }
}
