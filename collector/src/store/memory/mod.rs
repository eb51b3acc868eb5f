//! A store in memory, for tests and trials.

mod commits;
mod erasure;
mod facts;
mod linked_ids;
mod notices;
mod saved;
mod shares;
mod states;

use self::notices::Notices;
use super::tab::Tab;
use super::{
    AppendEvents, AuditCounts, AuditEvents, AuditRow, Day, Days, Filter, Found, IngestBatch, Outcome, Position,
    ReadEvents, Receipt, Saved, Share, States, StoreError, StoredEvent, Subject,
};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use uuid::Uuid;

/// Events in memory.
#[derive(Default)]
pub struct Memory(RwLock<Events>);

#[derive(Default)]
struct Events {
    by_id: BTreeMap<Uuid, StoredEvent>,
    by_position: BTreeMap<Position, Uuid>,
    /// The last position that was given to an event.
    newest: Position,
    /// By name.
    cursors: BTreeMap<String, Position>,
    /// By site and GUID.
    tabs: BTreeMap<(String, Uuid), Tab>,
    /// By site and user.
    states: BTreeMap<(String, String), States>,
    shares: Vec<Share>,
    notices: Notices,
    saved: Vec<Saved>,
}

impl Memory {
    /// Forgets events, user state and shared links. Tabs stay, so that a recorder whose page is open goes on.
    pub(crate) fn clear(&self) {
        let mut events = self.write();
        events.by_id.clear();
        events.by_position.clear();
        events.states.clear();
        events.shares.clear();
    }

    fn read(&self) -> RwLockReadGuard<'_, Events> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Events> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    fn insert(&mut self, records: &[StoredEvent]) -> Vec<Outcome> {
        let outcomes = records.iter().map(|record| match self.by_id.entry(record.id) {
            Entry::Occupied(_) => Outcome::Duplicate,
            Entry::Vacant(place) => {
                place.insert(record.clone());
                self.newest = self.newest.next();
                self.by_position.insert(self.newest, record.id);
                Outcome::Stored
            }
        });
        outcomes.collect()
    }
}

impl AppendEvents for Memory {
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        let mut events = self.write();
        let receipts = deliveries.iter().map(|delivery| {
            let outcomes = events.insert(&delivery.records);
            let tab =
                events.tabs.entry((delivery.site.clone(), delivery.tab)).or_insert_with(|| Tab::new(delivery.day));
            tab.take(delivery, &outcomes);
            Receipt { outcomes, acknowledged_below: tab.answered.acknowledged_below }
        });
        Ok(receipts.collect())
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl ReadEvents for Memory {
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
        let newest = events.by_position.values().rev().filter_map(|id| events.by_id.get(id));
        let mut found: Vec<_> =
            newest.filter(|record| filter.lets(record)).take(limit).map(StoredEvent::found).collect();
        found.reverse();
        Ok(found)
    }

    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError> {
        let events = self.read();
        Ok(ids.iter().filter_map(|id| events.by_id.get(id)).map(StoredEvent::found).collect())
    }

    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        let events = self.read();
        let ids = events.ids(subject);
        Ok(events.by_id.values().filter(|record| subject.is(record, &ids)).map(|record| record.id).collect())
    }

    fn sites(&self) -> Result<Vec<String>, StoreError> {
        let events = self.read();
        let sites: BTreeSet<_> =
            events.tabs.keys().map(|(site, _)| site).chain(events.states.keys().map(|(site, _)| site)).collect();
        Ok(sites.into_iter().cloned().collect())
    }
}

impl AuditEvents for Memory {
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
}

impl Filter {
    fn lets(&self, record: &StoredEvent) -> bool {
        (self.first()..self.end()).contains(&record.id)
            && self.kind.as_ref().is_none_or(|kind| *kind == record.kind)
            && self.site.as_ref().is_none_or(|site| *site == record.site)
            && self.bots.is_none_or(|bots| bots.lets(&record.body))
    }
}

impl StoredEvent {
    fn found(&self) -> Found {
        (self.id, self.body.clone())
    }
}
