//! What a store can do, one trait for each capability. All methods block.

mod events;
mod kept;
mod users;

pub use events::{AppendEvents, AuditEvents, FollowCommits, KeepFacts, ReadEvents, ReadFacts};
pub use kept::{KeepSaved, KeepShares, KeepState};
pub use users::{EraseUsers, ExpireData, FollowErasures};

/// The store of the program: all capabilities in one.
pub trait Store:
    AppendEvents
    + ReadEvents
    + FollowCommits
    + AuditEvents
    + EraseUsers
    + FollowErasures
    + ExpireData
    + KeepState
    + KeepFacts
    + ReadFacts
    + KeepShares
    + KeepSaved
{
}

impl<T> Store for T where
    T: AppendEvents
        + ReadEvents
        + FollowCommits
        + AuditEvents
        + EraseUsers
        + FollowErasures
        + ExpireData
        + KeepState
        + KeepFacts
        + ReadFacts
        + KeepShares
        + KeepSaved
{
}
