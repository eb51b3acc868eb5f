//! Sites and the configuration in force.

pub(crate) mod active_config;
pub(crate) mod known;
pub(crate) mod overlay_tokens;
pub(crate) mod registry;
