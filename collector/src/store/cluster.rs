//! The store of collectors that share a Kafka and a ClickHouse: events are appended to Kafka, and what is asked about
//! them is asked of ClickHouse. What changes in place stays in a local store, because ClickHouse replaces rows later,
//! and neither counts nor compares before: state of users, shared links, saved segments and goals, and notices of
//! erasures.

use super::{
    AppendEvents, AuditEvents, AuditRow, BatchLimit, Change, ClickHouse, CommittedEvent, Days, EraseUsers, Erasure,
    ErasureNotice, ErasureSource, ExpireData, Expired, Expiry, ExportedState, Filter, FollowCommits, FollowErasures,
    Found, IngestBatch, KeepFacts, KeepSaved, KeepShares, KeepState, Merged, Packing, Position, ReadEvents, ReadFacts,
    Receipt, Saved, SavedKind, Share, States, Store, StoreError, Subject, TokenHash, WithFacts,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// Kafka, ClickHouse and a local store in one.
pub struct Cluster {
    append: Arc<dyn AppendEvents>,
    events: Arc<ClickHouse>,
    local: Arc<dyn Store>,
}

impl Cluster {
    /// Events are appended by `append` and asked of `events`; the rest is in `local`.
    pub fn new(append: Arc<dyn AppendEvents>, events: Arc<ClickHouse>, local: Arc<dyn Store>) -> Self {
        Cluster { append, events, local }
    }
}

impl AppendEvents for Cluster {
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        self.append.append(deliveries)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.append.check()
    }
}

impl ReadEvents for Cluster {
    fn page(&self, filter: &Filter, after: Option<Uuid>, limit: usize) -> Result<Vec<Found>, StoreError> {
        self.events.page(filter, after, limit)
    }

    fn newest(&self, filter: &Filter, limit: usize) -> Result<Vec<Found>, StoreError> {
        self.events.newest(filter, limit)
    }

    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError> {
        self.events.get(ids)
    }

    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        self.events.events_about(subject)
    }

    fn sites(&self) -> Result<Vec<String>, StoreError> {
        let sites: BTreeSet<_> = self.events.sites()?.into_iter().chain(self.local.sites()?).collect();
        Ok(sites.into_iter().collect())
    }
}

/// There is no order of commits: nothing is forwarded from here, because Kafka has it.
impl FollowCommits for Cluster {
    fn committed(&self, _: Position, _: BatchLimit) -> Result<Vec<CommittedEvent>, StoreError> {
        Ok(Vec::new())
    }

    fn cursor(&self, name: &str) -> Result<Position, StoreError> {
        self.local.cursor(name)
    }

    fn save_cursor(&self, name: &str, position: Position) -> Result<(), StoreError> {
        self.local.save_cursor(name, position)
    }

    fn last_position(&self) -> Result<Position, StoreError> {
        self.local.last_position()
    }
}

impl KeepFacts for Cluster {
    fn follow(&self, limit: BatchLimit) -> Result<usize, StoreError> {
        self.events.follow(limit)
    }

    fn pack(&self, packing: Packing) -> Result<bool, StoreError> {
        self.events.pack(packing)
    }

    fn drop_facts(&self) -> Result<(), StoreError> {
        self.events.drop_facts()
    }
}

impl ReadFacts for Cluster {
    fn with_facts(&self, with: WithFacts<'_>) -> Result<(), StoreError> {
        self.events.with_facts(with)
    }
}

impl AuditEvents for Cluster {
    fn audit(&self, days: &Days) -> Result<Vec<AuditRow>, StoreError> {
        self.events.audit(days)
    }
}

impl EraseUsers for Cluster {
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError> {
        let erased = self.events.forget(site, user, time)?;
        // The notice, for Kafka.
        self.local.forget(site, user, time)?;
        Ok(erased)
    }

    fn erase(&self, subject: &Subject, asked: ErasureSource, time: i64) -> Result<Erasure, StoreError> {
        let mut erasure = self.events.erase(subject, asked, time)?;
        // State, and the notices for Kafka. The local store knows no linked IDs.
        for id in &erasure.ids {
            let subject = Subject { id: id.clone(), site: subject.site.clone() };
            erasure.states += self.local.erase(&subject, asked, time)?.states;
        }
        Ok(erasure)
    }

    /// The rows are still in the files of ClickHouse.
    fn scrub(&self, texts: &[String]) -> Result<bool, StoreError> {
        self.local.scrub(texts)?;
        Ok(false)
    }
}

impl FollowErasures for Cluster {
    fn keep_notices(&self, name: &str) -> Result<(), StoreError> {
        self.local.keep_notices(name)
    }

    fn notices(&self, name: &str, limit: usize) -> Result<Vec<ErasureNotice>, StoreError> {
        self.local.notices(name, limit)
    }

    fn remove_notices(&self, name: &str, last: i64) -> Result<(), StoreError> {
        self.local.remove_notices(name, last)
    }

    fn count_notices(&self, name: &str) -> Result<u64, StoreError> {
        self.local.count_notices(name)
    }
}

impl ExpireData for Cluster {
    fn expire(&self, expiry: &Expiry, _: i64, _: usize) -> Result<Expired, StoreError> {
        self.events.expire(expiry)
    }

    fn expire_state(&self, time: i64, limit: usize) -> Result<usize, StoreError> {
        self.local.expire_state(time, limit)
    }
}

impl KeepState for Cluster {
    fn merge_state(&self, changes: &[Change], time: i64) -> Result<Vec<Merged>, StoreError> {
        self.local.merge_state(changes, time)
    }

    fn states(&self, site: &str, user: &str, time: i64) -> Result<States, StoreError> {
        self.local.states(site, user, time)
    }

    fn export_state(&self, subject: &Subject) -> Result<Vec<ExportedState>, StoreError> {
        let mut states = Vec::new();
        for id in self.events.ids(subject)? {
            states.extend(self.local.export_state(&Subject { id, site: subject.site.clone() })?);
        }
        Ok(states)
    }
}

impl KeepShares for Cluster {
    fn add_share(&self, share: &Share) -> Result<bool, StoreError> {
        self.local.add_share(share)
    }

    fn shares(&self, site: Option<&str>) -> Result<Vec<Share>, StoreError> {
        self.local.shares(site)
    }

    fn share(&self, hash: &TokenHash, time: i64) -> Result<Option<Share>, StoreError> {
        self.local.share(hash, time)
    }

    fn use_share(&self, id: &str, time: i64) -> Result<(), StoreError> {
        self.local.use_share(id, time)
    }

    fn revoke_share(&self, id: &str) -> Result<bool, StoreError> {
        self.local.revoke_share(id)
    }
}

impl KeepSaved for Cluster {
    fn save(&self, saved: &Saved) -> Result<bool, StoreError> {
        self.local.save(saved)
    }

    fn saved(&self, site: &str) -> Result<Vec<Saved>, StoreError> {
        self.local.saved(site)
    }

    fn drop_saved(&self, site: &str, kind: SavedKind, name: &str) -> Result<bool, StoreError> {
        self.local.drop_saved(site, kind, name)
    }
}
