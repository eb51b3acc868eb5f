//! Reads events by position, and keeps the cursors of readers.

use super::Memory;
use crate::store::{BatchLimit, CommittedEvent, FollowCommits, Position, StoreError};
use std::ops::Bound;

impl FollowCommits for Memory {
    fn committed(&self, after: Position, limit: BatchLimit) -> Result<Vec<CommittedEvent>, StoreError> {
        let events = self.read();
        let next = events.by_position.range((Bound::Excluded(after), Bound::Unbounded));
        let found = next.filter_map(|(&position, id)| {
            events.by_id.get(id).map(|event| Ok(CommittedEvent { position, event: event.clone() }))
        });
        limit.take(found)
    }

    fn cursor(&self, name: &str) -> Result<Position, StoreError> {
        Ok(self.read().cursors.get(name).copied().unwrap_or_default())
    }

    fn save_cursor(&self, name: &str, position: Position) -> Result<(), StoreError> {
        let mut events = self.write();
        let cursor = events.cursors.entry(name.to_owned()).or_default();
        *cursor = position.max(*cursor);
        Ok(())
    }

    fn last_position(&self) -> Result<Position, StoreError> {
        Ok(self.read().newest)
    }
}
