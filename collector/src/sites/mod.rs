//! The sites, and the configuration that is in force for them.

pub(crate) mod active_config;
pub(crate) mod known;
pub(crate) mod registry;
