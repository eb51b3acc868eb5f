//! `waymark-collector land`: reads the topics that collectors without a store write, and lands them in the store. Any
//! number of landers share the partitions.
//!
//! - **At least once.** A block of messages is inserted, then its offsets are committed. After a crash in between, the
//!   block comes again with the same token, or its rows replace their copies.
//! - **Nothing is skipped.** While the store or the brokers are away, a lander waits. A message that cannot be read, or
//!   that the store refuses for what is in it, goes to the topic of rejected messages, with the reason, before its
//!   offset is committed. To find what is refused, a block is halved until it stands alone.
//! - **What was erased stays erased.** A lander knows all erasures before it reads its first event, and drops events
//!   that arrived before the erasure of their user.

#[cfg(feature = "kafka")]
mod attempt;
#[cfg(feature = "kafka")]
mod block;
#[cfg(feature = "kafka")]
mod clickhouse;
#[cfg(feature = "kafka")]
mod counts;
#[cfg(feature = "kafka")]
mod erased;
#[cfg(feature = "kafka")]
mod erasures;
mod error;
#[cfg(feature = "kafka")]
mod group;
#[cfg(feature = "kafka")]
mod landing;
#[cfg(feature = "kafka")]
mod metrics;
#[cfg(feature = "kafka")]
mod offsets;
#[cfg(feature = "kafka")]
mod reject;
#[cfg(feature = "kafka")]
mod removal;
#[cfg(feature = "kafka")]
mod run;
#[cfg(not(feature = "kafka"))]
mod without;
#[cfg(feature = "kafka")]
mod work;

#[cfg(feature = "kafka")]
pub(crate) use clickhouse::start;
#[cfg(feature = "kafka")]
pub use counts::LandCounts;
pub use error::LandError;
#[cfg(feature = "kafka")]
pub use landing::{Landing, MemoryLanding};
#[cfg(feature = "kafka")]
pub use run::{Lander, run};
#[cfg(not(feature = "kafka"))]
pub(crate) use without::start;
