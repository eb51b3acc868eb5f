//! Filters for reading events. An event ID begins with 48 bits of time.

use std::sync::Arc;
use uuid::Uuid;

/// An event that was read: its ID and its JSON.
pub type Found = (Uuid, Arc<str>);

/// Filter for reading events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// First time, epoch ms.
    pub from: Option<i64>,
    /// End: events before this time, epoch ms.
    pub to: Option<i64>,
    /// Only this type.
    pub kind: Option<String>,
    /// Only this site.
    pub site: Option<String>,
}

impl Filter {
    /// The smallest ID of an event at `from`.
    pub(super) fn first(&self) -> Uuid {
        Uuid::from_u128(self.from.map_or(0, bound))
    }

    /// The smallest ID of the page after `after`.
    pub(super) fn first_after(&self, after: Option<Uuid>) -> Uuid {
        let next = after.map_or(Uuid::nil(), |after| Uuid::from_u128(after.as_u128().saturating_add(1)));
        next.max(self.first())
    }

    /// The smallest ID that is too late.
    pub(super) fn end(&self) -> Uuid {
        Uuid::from_u128(self.to.map_or(u128::MAX, bound))
    }
}

fn bound(time: i64) -> u128 {
    if time < 1 << 48 { (time.max(0) as u128) << 80 } else { u128::MAX }
}
