//! Erases events of a user, and data past its retention.

use super::{Events, Memory};
use crate::store::{EraseUsers, Erasure, ErasureSource, ExpireData, Expired, Expiry, StoreError, StoredEvent, Subject};

impl EraseUsers for Memory {
    fn forget(&self, site: &str, user: &str, _: i64) -> Result<usize, StoreError> {
        let mut events = self.write();
        Ok(events.keep(|record| record.site != site || record.who.anonymous.as_deref() != Some(user)))
    }

    fn erase(&self, subject: &Subject, _: ErasureSource, _: i64) -> Result<Erasure, StoreError> {
        let mut events = self.write();
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
