//! Erases events and user state past their retention, in steps.

use super::erasure::{delete, note};
use super::states::EXPIRE;
use super::{Sqlite, lock};
use crate::store::{ErasureSource, ExpireData, Expired, Expiry, StoreError};
use rusqlite::{TransactionBehavior, params};
use std::collections::BTreeMap;

impl ExpireData for Sqlite {
    fn expire(&self, expiry: &Expiry, after: i64, limit: usize) -> Result<Expired, StoreError> {
        const NEXT: &str = "SELECT n, site, received FROM events WHERE n > ?1 ORDER BY n LIMIT ?2";
        let mut step = Expired { after, ..Expired::default() };
        let mut old = BTreeMap::<String, Vec<i64>>::new();
        self.read(|reader| {
            let mut next = reader.prepare_cached(NEXT)?;
            let mut rows = next.query(params![after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
            while let Some(row) = rows.next()? {
                let (n, site, received) = (row.get(0)?, row.get_ref(1)?.as_str()?, row.get(2)?);
                if received >= expiry.end() {
                    step.done = true;
                    break;
                }
                step.after = n;
                step.seen += 1;
                if expiry.is_over(site, received) {
                    old.entry(site.to_owned()).or_default().push(n);
                }
            }
            Ok(())
        })?;
        step.done |= step.seen < limit;
        step.erased = old.values().map(Vec::len).sum();
        if step.erased > 0 {
            let mut writer = lock(&self.writer);
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (site, numbers) in &old {
                let erased = delete(&transaction, numbers)?;
                note(&transaction, expiry.time, Some(site), ErasureSource::Retention, erased)?;
            }
            transaction.commit()?;
        }
        Ok(step)
    }

    fn expire_state(&self, time: i64, limit: usize) -> Result<usize, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(lock(&self.writer).prepare_cached(EXPIRE)?.execute(params![time, limit])?)
    }
}
