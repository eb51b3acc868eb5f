//! The store that forgets when the program ends: for tests and for trying things out.

use super::{Filter, Found, Outcome, Record, Store, StoreError};
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
}

impl Memory {
    fn read(&self) -> RwLockReadGuard<'_, Events> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn append(&self, records: &[Record]) -> Result<Vec<Outcome>, StoreError> {
        let mut guard = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Events { by_id, by_arrival } = &mut *guard;
        let outcomes = records.iter().map(|record| match by_id.entry(record.id) {
            Entry::Occupied(_) => Outcome::Duplicate,
            Entry::Vacant(place) => {
                place.insert(record.clone());
                by_arrival.push(record.id);
                Outcome::Stored
            }
        });
        Ok(outcomes.collect())
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
        let Events { by_id, by_arrival } = &mut *guard;
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
