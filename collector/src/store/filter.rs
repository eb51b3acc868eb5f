//! Which events are read, and which ids they can have: an id begins with 48 bits of time.

use std::sync::Arc;
use uuid::Uuid;

/// An event that was read back: its id and its body.
pub type Found = (Uuid, Arc<str>);

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those from this time on, epoch ms.
    pub from: Option<i64>,
    /// Those before this time, epoch ms.
    pub to: Option<i64>,
    /// Those of this type.
    pub kind: Option<String>,
    /// Those of this site.
    pub site: Option<String>,
}

impl Filter {
    /// The first id that can be at `from`, where that is asked for. An id begins with 48 bits of time.
    pub(super) fn first(&self) -> Uuid {
        Uuid::from_u128(self.from.map_or(0, bound))
    }

    /// The first id of the page after `after`.
    pub(super) fn first_after(&self, after: Option<Uuid>) -> Uuid {
        let next = after.map_or(Uuid::nil(), |after| Uuid::from_u128(after.as_u128().saturating_add(1)));
        next.max(self.first())
    }

    /// The first id that is too late.
    pub(super) fn end(&self) -> Uuid {
        Uuid::from_u128(self.to.map_or(u128::MAX, bound))
    }
}

fn bound(time: i64) -> u128 {
    if time < 1 << 48 { (time.max(0) as u128) << 80 } else { u128::MAX }
}
