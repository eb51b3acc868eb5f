//! Facts are made of the events when they are read.

use super::{Events, Memory};
use crate::store::facts::extract::data_of;
use crate::store::{
    Behind, CommittedEvent, Fact, FactRows, KeepFacts, ReadFacts, Scan, Selection, StoreError, TextId, Visit, WithFacts,
};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

impl KeepFacts for Memory {}

impl ReadFacts for Memory {
    fn with_facts(&self, with: WithFacts<'_>) -> Result<(), StoreError> {
        let snapshot = Snapshot::of(&self.read());
        with(&snapshot)
    }
}

/// All facts by time, and their dictionary.
#[derive(Default)]
struct Snapshot {
    facts: Vec<(TextId, Fact<TextId>)>,
    ids: HashMap<String, TextId>,
    texts: Vec<String>,
    /// By position.
    events: HashMap<i64, (Uuid, Arc<str>)>,
}

impl Snapshot {
    fn of(events: &Events) -> Self {
        let mut snapshot = Snapshot::default();
        for (&position, id) in &events.by_position {
            if let Some(event) = events.by_id.get(id) {
                let committed = CommittedEvent { position, event: event.clone() };
                let site = snapshot.id(&event.site);
                let fact = Fact::of(&committed).try_map(|text| snapshot.id(text).ok_or(()));
                snapshot.facts.extend(site.zip(fact.ok()));
                snapshot.events.insert(position.0, (*id, event.body.clone()));
            }
        }
        snapshot.facts.sort_by_key(|(_, fact)| (fact.time, fact.position));
        snapshot
    }

    fn id(&mut self, text: &str) -> Option<TextId> {
        if let Some(id) = self.ids.get(text) {
            return Some(*id);
        }
        self.texts.push(text.to_owned());
        let id = i64::try_from(self.texts.len()).ok().and_then(TextId::of)?;
        self.ids.insert(text.to_owned(), id);
        Some(id)
    }
}

impl FactRows for Snapshot {
    fn scan(&self, scan: &Scan, visit: Visit<'_>) -> Result<(), StoreError> {
        let first = self.facts.partition_point(|(_, fact)| fact.time < scan.from);
        let facts = self.facts.iter().skip(first).take_while(|(_, fact)| fact.time < scan.to);
        for (_, fact) in facts.filter(|(site, fact)| *site == scan.site && scan.lets(fact)) {
            if visit(fact).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn find(&self, text: &str) -> Result<Option<TextId>, StoreError> {
        Ok(self.ids.get(text).copied())
    }

    fn text(&self, id: TextId) -> Result<String, StoreError> {
        let place = usize::try_from(id.number()).unwrap_or_default();
        Ok(self.texts.get(place.saturating_sub(1)).cloned().unwrap_or_default())
    }

    fn links(&self, site: TextId) -> Result<Vec<(TextId, TextId)>, StoreError> {
        let facts = self.facts.iter().filter(|(of, _)| *of == site);
        let mut links: Vec<_> = facts.filter_map(|(_, fact)| fact.texts.linked.zip(fact.texts.user)).collect();
        links.sort_unstable();
        links.dedup();
        Ok(links)
    }

    fn event_id(&self, position: i64) -> Result<Option<Uuid>, StoreError> {
        Ok(self.events.get(&position).map(|(id, _)| *id))
    }

    fn data(&self, position: i64) -> Result<Option<String>, StoreError> {
        Ok(self.events.get(&position).and_then(|(_, body)| data_of(body)))
    }

    fn sql(&self, _: &str, _: &Selection) -> Option<String> {
        None
    }

    fn behind(&self) -> Result<Behind, StoreError> {
        Ok(Behind::default())
    }
}

impl Scan {
    fn lets(&self, fact: &Fact<TextId>) -> bool {
        let is_of = |wanted: Option<TextId>, found: Option<TextId>| wanted.is_none() || wanted == found;
        fact.env == self.env
            && is_of(self.session, fact.texts.session)
            && is_of(self.content, fact.texts.content)
            && (self.kinds.is_empty() || fact.texts.kind.is_some_and(|kind| self.kinds.contains(&kind)))
    }
}
