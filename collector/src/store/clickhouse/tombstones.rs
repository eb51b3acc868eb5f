//! Erasures that were asked for. What they are about is not landed, not shown, and removed.

use super::ClickHouse;
use crate::store::{ErasureScope, StoreError, StoredEvent, UserHash};
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::collections::HashMap;

/// How long what an erasure is about may still come: as long as a topic keeps it. Landers know all erasures; the rest
/// looks for what came in between.
const PENDING_MS: i64 = 8 * 86_400_000;

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

#[derive(Row, Deserialize)]
struct ErasureRow {
    site: String,
    scope: String,
    user: String,
    time: i64,
}

impl ClickHouse {
    /// All erasures.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tombstones(&self) -> Result<Tombstones, StoreError> {
        self.tombstones_since(0)
    }

    /// The erasures that events may not have gone by yet.
    pub(super) fn pending(&self, now: i64) -> Result<Tombstones, StoreError> {
        self.tombstones_since(now.saturating_sub(PENDING_MS).max(0))
    }

    fn tombstones_since(&self, time: i64) -> Result<Tombstones, StoreError> {
        let rows = self.client.ask(async |http: &Http| {
            let all = "SELECT site, scope, user, time FROM erasures FINAL WHERE recorded >= toDateTime(?)";
            http.query(all).bind(time / 1_000).fetch_all::<ErasureRow>().await
        })?;
        let mut tombstones = Tombstones::default();
        for ErasureRow { site, scope, user, time } in rows {
            let site = Some(site).filter(|site| !site.is_empty());
            if let (Some(user), Some(scope)) = (UserHash::from_hex(&user), ErasureScope::named(&scope)) {
                tombstones.0.entry(user).or_default().push(Tombstone { site, scope, time });
            }
        }
        Ok(tombstones)
    }
}

impl Tombstones {
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
        let who = &event.who;
        let at = |id: &Option<String>, is_anonymous| {
            id.as_deref().is_some_and(|id| self.covers(&event.site, id, is_anonymous, event.received))
        };
        !self.is_empty() && (at(&who.anonymous, true) || at(&who.known, false) || at(&who.linked, false))
    }

    /// Whether an event of a site that arrived at this time was erased by one of its IDs.
    pub(super) fn covers(&self, site: &str, id: &str, is_anonymous: bool, received: i64) -> bool {
        self.until(site, id, is_anonymous).is_some_and(|until| received <= until)
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
    use crate::store::UserIds;
    use uuid::Uuid;

    fn event(site: &str, who: UserIds, received: i64) -> StoredEvent {
        let (site, kind) = (site.to_owned(), "play".to_owned());
        StoredEvent { id: Uuid::nil(), site, kind, time: 0, received, who, body: "".into() }
    }

    #[test]
    fn an_erasure_is_about_an_id_a_site_and_what_arrived_before() {
        let mut tombstones = Tombstones::default();
        let mut add = |id: &str, site: Option<&str>, scope| {
            let tombstone = Tombstone { site: site.map(str::to_owned), scope, time: 10 };
            tombstones.0.entry(UserHash::of(id)).or_default().push(tombstone);
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
