//! Stores events, with the counters of their tabs, in one transaction.

use super::tabs::Tabs;
use super::{Sqlite, lock};
use crate::store::{AppendEvents, IngestBatch, Outcome, Receipt, StoreError, StoredEvent, UserIds};
use rusqlite::{Transaction, TransactionBehavior, params};

impl AppendEvents for Sqlite {
    fn append(&self, deliveries: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut tabs = Tabs::default();
        let mut receipts = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let outcomes = insert(&transaction, &delivery.records)?;
            let acknowledged_below = tabs.take(&transaction, delivery, &outcomes)?;
            receipts.push(Receipt { outcomes, acknowledged_below });
        }
        tabs.count(&transaction)?;
        transaction.commit()?;
        Ok(receipts)
    }

    fn check(&self) -> Result<(), StoreError> {
        const PROBE: &str = "INSERT INTO probe VALUES (1, 1) ON CONFLICT DO UPDATE SET times = times + 1";
        lock(&self.writer).execute(PROBE, [])?;
        Ok(())
    }
}

fn insert(transaction: &Transaction<'_>, records: &[StoredEvent]) -> Result<Vec<Outcome>, StoreError> {
    const INSERT: &str = "
        INSERT INTO events (id, site, type, time, received, body, user, known, linked)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO NOTHING";
    let mut insert = transaction.prepare_cached(INSERT)?;
    let mut outcomes = Vec::with_capacity(records.len());
    for StoredEvent { id, site, kind, time, received, who, body } in records {
        let UserIds { anonymous, known, linked } = who;
        let rows =
            insert.execute(params![id.as_bytes(), site, kind, time, received, &**body, anonymous, known, linked])?;
        outcomes.push(if rows == 1 { Outcome::Stored } else { Outcome::Duplicate });
    }
    Ok(outcomes)
}
