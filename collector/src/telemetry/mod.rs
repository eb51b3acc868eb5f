//! What the collector writes down about its own work.

pub(crate) mod metrics;
pub(crate) mod security_log;
