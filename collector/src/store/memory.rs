//! A store in memory, for tests and trials.

use super::states::merge;
use super::tab::Tab;
use super::{
    AuditCounts, AuditRow, Change, Day, Days, Erasure, ErasureSource, Expired, Expiry, ExportedState, Filter, Found,
    IngestBatch, Merged, Name, Outcome, Receipt, States, Store, StoreError, StoredEvent, Subject, UserIds,
};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use uuid::Uuid;
use waymark_wire::state::Versioned;

/// Events in memory.
#[derive(Default)]
pub struct Memory(RwLock<Events>);

#[derive(Default)]
struct Events {
    by_id: BTreeMap<Uuid, StoredEvent>,
    by_arrival: Vec<Uuid>,
    /// By site and GUID.
    tabs: BTreeMap<(String, Uuid), Tab>,
    /// By site and user.
    states: BTreeMap<(String, String), States>,
}

impl Memory {
    fn read(&self) -> RwLockReadGuard<'_, Events> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    fn insert(&mut self, records: &[StoredEvent]) -> Vec<Outcome> {
        let outcomes = records.iter().map(|record| match self.by_id.entry(record.id) {
            Entry::Occupied(_) => Outcome::Duplicate,
            Entry::Vacant(place) => {
                place.insert(record.clone());
                self.by_arrival.push(record.id);
                Outcome::Stored
            }
        });
        outcomes.collect()
    }
}

impl Events {
    /// Erases all other events. Returns their number.
    fn keep(&mut self, kept: impl Fn(&StoredEvent) -> bool) -> usize {
        let before = self.by_id.len();
        self.by_id.retain(|_, record| kept(record));
        self.by_arrival.retain(|id| self.by_id.contains_key(id));
        before - self.by_id.len()
    }

    /// The user's state that has not expired.
    fn states(&self, owner: &(String, String), time: i64) -> States {
        let mut states = self.states.get(owner).cloned().unwrap_or_default();
        states.retain(|_, state| state.expires > time);
        states
    }

    /// All IDs of a user, the requested one first.
    fn ids(&self, subject: &Subject) -> Vec<String> {
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
    fn owns(&self, (site, user): &(String, String), ids: &[String]) -> bool {
        self.site.as_ref().is_none_or(|of| of == site) && ids.contains(user)
    }

    /// Whether the event belongs to a user with these IDs.
    fn is(&self, record: &StoredEvent, ids: &[String]) -> bool {
        let UserIds { anonymous, known, linked } = &record.who;
        self.site.as_ref().is_none_or(|site| *site == record.site)
            && [anonymous, known, linked].into_iter().flatten().any(|id| ids.contains(id))
    }
}

impl Store for Memory {
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let receipts = deliveries.iter().map(|delivery| {
            let outcomes = events.insert(&delivery.records);
            let tab =
                events.tabs.entry((delivery.site.clone(), delivery.tab)).or_insert_with(|| Tab::new(delivery.day));
            tab.take(delivery, &outcomes);
            Receipt { outcomes, acknowledged_below: tab.answered.acknowledged_below }
        });
        Ok(receipts.collect())
    }

    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError> {
        let mut audited: BTreeMap<(Day, &str), AuditCounts> = BTreeMap::new();
        let events = self.read();
        for ((site, _), tab) in events.tabs.iter().filter(|((site, _), tab)| days.lets(site, tab.day)) {
            let figures = audited.entry((tab.day, site)).or_default();
            *figures = figures.plus(&tab.figures());
        }
        let rows = audited.into_iter().map(|((day, site), figures)| AuditRow { site: site.to_owned(), day, figures });
        Ok(rows.collect())
    }

    fn page(&self, filter: &Filter, after: Option<Uuid>, limit: usize) -> Result<Vec<Found>, StoreError> {
        let (first, end) = (filter.first_after(after), filter.end());
        // A map panics over a range that ends before it starts.
        if first >= end {
            return Ok(Vec::new());
        }
        let events = self.read();
        let found = events.by_id.range(first..end).map(|(_, record)| record);
        Ok(found.filter(|record| filter.lets(record)).take(limit).map(StoredEvent::found).collect())
    }

    fn newest(&self, filter: &Filter, limit: usize) -> Result<Vec<Found>, StoreError> {
        let events = self.read();
        let newest = events.by_arrival.iter().rev().filter_map(|id| events.by_id.get(id));
        let mut found: Vec<_> =
            newest.filter(|record| filter.lets(record)).take(limit).map(StoredEvent::found).collect();
        found.reverse();
        Ok(found)
    }

    fn forget(&self, site: &str, user: &str, _: i64) -> Result<usize, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Ok(events.keep(|record| record.site != site || record.who.anonymous.as_deref() != Some(user)))
    }

    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        let events = self.read();
        let ids = events.ids(subject);
        Ok(events.by_id.values().filter(|record| subject.is(record, &ids)).map(|record| record.id).collect())
    }

    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError> {
        let events = self.read();
        Ok(ids.iter().filter_map(|id| events.by_id.get(id)).map(StoredEvent::found).collect())
    }

    fn erase(&self, subject: &Subject, _: ErasureSource, _: i64) -> Result<Erasure, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let ids = events.ids(subject);
        let erased = events.keep(|record| !subject.is(record, &ids));
        let mut states = 0;
        events.states.retain(|owner, all| {
            let is_theirs = subject.owns(owner, &ids);
            states += if is_theirs { all.len() } else { 0 };
            !is_theirs
        });
        Ok(Erasure { erased, states, ids })
    }

    fn scrub(&self, _: &[String]) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn expire(&self, expiry: &Expiry, _: i64, _: usize) -> Result<Expired, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let seen = events.by_id.len();
        let erased = events.keep(|record| !expiry.is_over(&record.site, record.received));
        Ok(Expired { after: 0, seen, erased, done: true })
    }

    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
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

    fn expire_state(&self, time: i64, _: usize) -> Result<usize, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut lapsed = 0;
        events.states.retain(|_, states| {
            let before = states.len();
            states.retain(|_, state| state.expires > time);
            lapsed += before - states.len();
            !states.is_empty()
        });
        // All of it at once: a second step would find nothing.
        Ok(lapsed)
    }

    fn sites(&self) -> Result<Vec<String>, StoreError> {
        let events = self.read();
        let sites: BTreeSet<_> =
            events.tabs.keys().map(|(site, _)| site).chain(events.states.keys().map(|(site, _)| site)).collect();
        Ok(sites.into_iter().cloned().collect())
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Filter {
    fn lets(&self, record: &StoredEvent) -> bool {
        (self.first()..self.end()).contains(&record.id)
            && self.kind.as_ref().is_none_or(|kind| *kind == record.kind)
            && self.site.as_ref().is_none_or(|site| *site == record.site)
    }
}

impl StoredEvent {
    fn found(&self) -> Found {
        (self.id, self.body.clone())
    }
}
