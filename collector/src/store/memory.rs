//! The store that forgets when the program ends: for tests and for trying things out.

use super::tab::Tab;
use super::{Audited, Day, Days, Delivery, Figures, Filter, Found, Outcome, Receipt, Record, Store, StoreError};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use uuid::Uuid;

/// Events in memory.
#[derive(Default)]
pub struct Memory(RwLock<Events>);

#[derive(Default)]
struct Events {
    by_id: BTreeMap<Uuid, Record>,
    by_arrival: Vec<Uuid>,
    /// By site and GUID.
    tabs: BTreeMap<(String, Uuid), Tab>,
}

impl Memory {
    fn read(&self) -> RwLockReadGuard<'_, Events> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events {
    fn insert(&mut self, records: &[Record]) -> Vec<Outcome> {
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

impl Store for Memory {
    fn append(&self, deliveries: &[Delivery]) -> Result<Vec<Receipt>, StoreError> {
        let mut events = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let receipts = deliveries.iter().map(|delivery| {
            let outcomes = events.insert(&delivery.records);
            let tab =
                events.tabs.entry((delivery.site.clone(), delivery.tab)).or_insert_with(|| Tab::new(delivery.day));
            tab.take(delivery, &outcomes);
            Receipt { outcomes, upto: tab.answered.upto }
        });
        Ok(receipts.collect())
    }

    fn audit(&self, days: &Days) -> Result<Vec<Audited>, StoreError> {
        let mut audited: BTreeMap<(Day, &str), Figures> = BTreeMap::new();
        let events = self.read();
        for ((site, _), tab) in events.tabs.iter().filter(|((site, _), tab)| days.lets(site, tab.day)) {
            let figures = audited.entry((tab.day, site)).or_default();
            *figures = figures.plus(&tab.figures());
        }
        let rows = audited.into_iter().map(|((day, site), figures)| Audited { site: site.to_owned(), day, figures });
        Ok(rows.collect())
    }

    fn page(&self, filter: &Filter, after: Option<Uuid>, most: usize) -> Result<Vec<Found>, StoreError> {
        let (first, end) = (filter.first_after(after), filter.end());
        // A map panics over a range that ends before it starts.
        if first >= end {
            return Ok(Vec::new());
        }
        let events = self.read();
        let found = events.by_id.range(first..end).map(|(_, record)| record);
        Ok(found.filter(|record| filter.lets(record)).take(most).map(Record::found).collect())
    }

    fn newest(&self, filter: &Filter, most: usize) -> Result<Vec<Found>, StoreError> {
        let events = self.read();
        let newest = events.by_arrival.iter().rev().filter_map(|id| events.by_id.get(id));
        let mut found: Vec<_> = newest.filter(|record| filter.lets(record)).take(most).map(Record::found).collect();
        found.reverse();
        Ok(found)
    }

    fn forget(&self, site: &str, user: &str) -> Result<usize, StoreError> {
        let mut guard = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Events { by_id, by_arrival, .. } = &mut *guard;
        let before = by_id.len();
        by_id.retain(|_, record| record.site != site || record.user.as_deref() != Some(user));
        by_arrival.retain(|id| by_id.contains_key(id));
        Ok(before - by_id.len())
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Filter {
    fn lets(&self, record: &Record) -> bool {
        (self.first()..self.end()).contains(&record.id)
            && self.kind.as_ref().is_none_or(|kind| *kind == record.kind)
            && self.site.as_ref().is_none_or(|site| *site == record.site)
    }
}

impl Record {
    fn found(&self) -> Found {
        (self.id, self.body.clone())
    }
}
