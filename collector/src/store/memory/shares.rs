//! Shared links in memory.

use super::Memory;
use crate::store::{KeepShares, SHARES, Share, StoreError, TokenHash};

impl KeepShares for Memory {
    fn add_share(&self, share: &Share) -> Result<bool, StoreError> {
        let mut events = self.write();
        events.shares.retain(|known| known.expires > share.created);
        let fits = events.shares.iter().filter(|known| known.site == share.site).count() < SHARES;
        if fits {
            events.shares.push(share.clone());
        }
        Ok(fits)
    }

    fn shares(&self, site: Option<&str>) -> Result<Vec<Share>, StoreError> {
        let events = self.read();
        let mut found: Vec<_> =
            events.shares.iter().filter(|share| site.is_none_or(|site| site == share.site)).cloned().collect();
        found.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
        Ok(found)
    }

    fn share(&self, hash: &TokenHash, time: i64) -> Result<Option<Share>, StoreError> {
        let events = self.read();
        Ok(events.shares.iter().find(|share| share.hash == *hash && share.expires > time).cloned())
    }

    fn use_share(&self, id: &str, time: i64) -> Result<(), StoreError> {
        if let Some(share) = self.write().shares.iter_mut().find(|share| share.id == id) {
            share.used = Some(time);
        }
        Ok(())
    }

    fn revoke_share(&self, id: &str) -> Result<bool, StoreError> {
        let mut events = self.write();
        let before = events.shares.len();
        events.shares.retain(|share| share.id != id);
        Ok(events.shares.len() < before)
    }
}
