//! Persistent storage for events and user state. A store makes no policy decisions.

mod audit;
pub(crate) mod blocking;
mod capability;
#[cfg(feature = "clickhouse")]
mod clickhouse;
#[cfg(feature = "clickhouse")]
mod cluster;
mod commits;
mod delivery;
pub(crate) mod disk;
mod erasure;
mod error;
mod event_log;
mod facts;
mod filter;
mod losses;
mod memory;
mod notice;
mod open;
#[cfg(feature = "clickhouse")]
mod open_cluster;
mod record;
mod saved;
mod shares;
mod sqlite;
mod states;
mod tab;
#[cfg(not(feature = "clickhouse"))]
mod without_clickhouse;

pub use crate::time::day::{Day, NotADay};
pub use audit::{AuditCounts, AuditRow, Days};
pub use capability::{
    AppendEvents, AuditEvents, EraseUsers, ExpireData, FollowCommits, FollowErasures, KeepFacts, KeepSaved, KeepShares,
    KeepState, ReadEvents, ReadFacts, Store,
};
#[cfg(feature = "clickhouse")]
pub use clickhouse::{ClickHouse, LandedEvent, NotAnEvent, Tombstones, apply, ddl, server_version};
#[cfg(feature = "clickhouse")]
pub use cluster::Cluster;
pub use commits::{BatchLimit, CommittedEvent, Position};
pub use delivery::Delivery;
pub(crate) use erasure::texts;
pub use erasure::{Erasure, ErasureSource, Expired, Expiry, Subject};
pub use error::StoreError;
pub use event_log::{EventLog, LogError, Logged, MemoryLog};
pub use facts::{
    Behind, Codes, Column, Fact, FactRows, Packing, PropertyFilter, READ, Reads, RowGroup, Scan, Selection, TextFilter,
    TextId, Texts, Visit, VisitGroup, WithFacts,
};
pub use filter::{BotFilter, Filter, Found};
pub use losses::Losses;
pub use memory::Memory;
pub use notice::{ErasureNotice, ErasureScope, UserHash};
pub use open::open;
#[cfg(feature = "clickhouse")]
pub(crate) use open_cluster::open_cluster;
pub use record::{IngestBatch, Outcome, Receipt, StoredEvent, UserIds};
pub use saved::{SAVED, Saved, SavedKind};
pub(crate) use shares::token_hash;
pub use shares::{SHARES, Share, TokenHash};
pub use sqlite::{Sqlite, Verdict, backup, verify};
pub use states::{Change, ExportedState, MergeOutcome, Merged, Name, States};
#[cfg(not(feature = "clickhouse"))]
pub(crate) use without_clickhouse::{apply, ddl, open_cluster, server_version};
