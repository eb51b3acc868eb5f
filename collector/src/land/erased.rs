//! Who was erased, by the hashes of their IDs.

use crate::store::{ErasureNotice, ErasureScope, StoredEvent, UserHash};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// All erasures so far.
#[derive(Default)]
pub(super) struct Erased(RwLock<Known>);

#[derive(Default)]
struct Known {
    users: HashMap<UserHash, Vec<Order>>,
    /// The time of the newest one.
    latest: Option<i64>,
}

/// Drop what arrived up to a time.
struct Order {
    site: Option<String>,
    scope: ErasureScope,
    time: i64,
}

impl Erased {
    pub(super) fn add(&self, notice: &ErasureNotice) {
        let ErasureNotice { ref site, user, scope, time, .. } = *notice;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.latest = known.latest.max(Some(time));
        let orders = known.users.entry(user).or_default();
        match orders.iter_mut().find(|order| order.site == *site && order.scope == scope) {
            Some(order) => order.time = order.time.max(time),
            None => orders.push(Order { site: site.clone(), scope, time }),
        }
    }

    /// Whether the event is about somebody who was erased after it arrived.
    pub(super) fn has(&self, event: &StoredEvent) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // Nearly all events are younger than all erasures: their IDs need no hash.
        if known.latest.is_none_or(|latest| latest < event.received) {
            return false;
        }
        let is_ordered = |id: &Option<String>, is_anonymous: bool| {
            let Some(orders) = id.as_ref().and_then(|id| known.users.get(&UserHash::of(id))) else { return false };
            orders.iter().any(|order| {
                (is_anonymous || order.scope == ErasureScope::All)
                    && order.site.as_ref().is_none_or(|site| *site == event.site)
                    && event.received <= order.time
            })
        };
        let who = &event.who;
        is_ordered(&who.anonymous, true) || is_ordered(&who.known, false) || is_ordered(&who.linked, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ErasureSource, UserIds};
    use uuid::Uuid;

    fn event(site: &str, received: i64, who: UserIds) -> StoredEvent {
        let (kind, body) = ("play".to_owned(), "{}".into());
        StoredEvent { id: Uuid::nil(), site: site.to_owned(), kind, time: 0, received, who, body }
    }

    fn erased(site: Option<&str>, scope: ErasureScope) -> Erased {
        let (site, user, source) = (site.map(str::to_owned), UserHash::of("eve"), ErasureSource::Api);
        let erased = Erased::default();
        erased.add(&ErasureNotice { number: 0, site, user, scope, time: 10, source });
        erased
    }

    #[test]
    fn only_what_arrived_before_is_dropped() {
        let eve = || UserIds { anonymous: Some("eve".to_owned()), ..UserIds::default() };
        let erased = erased(None, ErasureScope::All);
        assert!(erased.has(&event("shop", 10, eve())));
        assert!(!erased.has(&event("shop", 11, eve())));
        assert!(!erased.has(&event("shop", 5, UserIds { anonymous: Some("adam".to_owned()), ..UserIds::default() })));
        assert!(!Erased::default().has(&event("shop", 5, eve())));
    }

    #[test]
    fn site_and_scope_are_kept_to() {
        let ids = |anonymous: Option<&str>, known: Option<&str>, linked: Option<&str>| {
            let [anonymous, known, linked] = [anonymous, known, linked].map(|id| id.map(str::to_owned));
            UserIds { anonymous, known, linked }
        };
        let all = [ids(Some("eve"), None, None), ids(None, Some("eve"), None), ids(None, Some("adam"), Some("eve"))];
        let [anonymous, everything] =
            [ErasureScope::Anonymous, ErasureScope::All].map(|scope| erased(Some("shop"), scope));
        assert_eq!(all.clone().map(|who| anonymous.has(&event("shop", 5, who))), [true, false, false]);
        assert_eq!(all.clone().map(|who| everything.has(&event("shop", 5, who))), [true; 3]);
        assert_eq!(all.map(|who| everything.has(&event("demo", 5, who))), [false; 3]);
    }
}
