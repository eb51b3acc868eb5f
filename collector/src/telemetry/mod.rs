//! Metrics and the security log.

pub(crate) mod metrics;
pub(crate) mod security_log;
