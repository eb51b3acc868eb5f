//! Erases events of a user, and data past its retention. Keeps notices of erasures until each sink has them.

use super::{Events, Memory};
use crate::store::{
    EraseUsers, Erasure, ErasureNotice, ErasureScope, ErasureSource, ExpireData, Expired, Expiry, FollowErasures,
    StoreError, StoredEvent, Subject,
};

impl EraseUsers for Memory {
    fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError> {
        let mut events = self.write();
        events.notices.add(Some(site), user, ErasureScope::Anonymous, ErasureSource::Browser, time);
        Ok(events.keep(|record| record.site != site || record.who.anonymous.as_deref() != Some(user)))
    }

    fn erase(&self, subject: &Subject, asked: ErasureSource, time: i64) -> Result<Erasure, StoreError> {
        let mut events = self.write();
        let ids = events.ids(subject);
        for id in &ids {
            events.notices.add(subject.site.as_deref(), id, ErasureScope::All, asked, time);
        }
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
}

impl FollowErasures for Memory {
    fn keep_notices(&self, name: &str) -> Result<(), StoreError> {
        self.write().notices.by_sink.entry(name.to_owned()).or_default();
        Ok(())
    }

    fn notices(&self, name: &str, limit: usize) -> Result<Vec<ErasureNotice>, StoreError> {
        let events = self.read();
        Ok(events.notices.by_sink.get(name).into_iter().flatten().take(limit).cloned().collect())
    }

    fn remove_notices(&self, name: &str, last: i64) -> Result<(), StoreError> {
        if let Some(notices) = self.write().notices.by_sink.get_mut(name) {
            notices.retain(|notice| notice.number > last);
        }
        Ok(())
    }

    fn count_notices(&self, name: &str) -> Result<u64, StoreError> {
        Ok(self.read().notices.by_sink.get(name).map_or(0, |notices| notices.len() as u64))
    }
}

impl ExpireData for Memory {
    fn expire(&self, expiry: &Expiry, _: i64, _: usize) -> Result<Expired, StoreError> {
        let mut events = self.write();
        let seen = events.by_id.len();
        let erased = events.keep(|record| !expiry.is_over(&record.site, record.received));
        Ok(Expired { after: 0, seen, erased, done: true })
    }

    fn expire_state(&self, time: i64, _: usize) -> Result<usize, StoreError> {
        let mut events = self.write();
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
}

impl Events {
    /// Erases all other events. Returns their number.
    fn keep(&mut self, kept: impl Fn(&StoredEvent) -> bool) -> usize {
        let before = self.by_id.len();
        self.by_id.retain(|_, record| kept(record));
        self.by_position.retain(|_, id| self.by_id.contains_key(id));
        before - self.by_id.len()
    }
}
