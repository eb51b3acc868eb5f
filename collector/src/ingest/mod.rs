//! From a batch to stored events.

pub(crate) mod batch_size;
mod commit;
pub(crate) mod enrich;
pub(crate) mod event_json;
mod job;
pub(crate) mod live_feed;
mod log_writer;
mod queue;
pub(crate) mod state_update;
pub(crate) mod writer;
