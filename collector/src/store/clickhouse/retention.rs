//! Removes events past their retention. Each row has the day on which ClickHouse drops it by itself, as the retention
//! of its site was when it was landed; a removal comes sooner, and knows the retention of today.

use super::ClickHouse;
use super::erasure::escaped;
use crate::store::{Expired, Expiry, StoreError};

impl ClickHouse {
    /// Removes all events past their retention.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(in crate::store) fn expire(&self, expiry: &Expiry) -> Result<Expired, StoreError> {
        let sites = expiry.before.iter().map(|(site, before)| {
            let before = (*before).max(0);
            format!("(site = '{}' AND received < fromUnixTimestamp64Milli({before}))", escaped(site))
        });
        let condition = sites.collect::<Vec<_>>().join(" OR ");
        let removed = if condition.is_empty() { 0 } else { self.remove(&condition)? };
        let erased = usize::try_from(removed).unwrap_or(usize::MAX);
        Ok(Expired { after: 0, seen: erased, erased, done: true })
    }
}
