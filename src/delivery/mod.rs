//! What was recorded, on its way to the collector.

pub mod batch;
pub mod outbox;
pub mod queue;
mod response;
pub mod retry;
pub mod stored_batch;
pub mod tab;

pub use batch::Batch;
pub use outbox::{Outbox, Outcome, Own};
pub use response::Answer;
pub use retry::{BREAKER, FIRST_WAIT_MS, LONGEST_WAIT_MS, Retry};
