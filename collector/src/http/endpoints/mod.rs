//! The endpoints, one file each.

pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod demo_month;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod forget;
pub(crate) mod health;
pub(crate) mod insights;
pub(crate) mod inspector;
pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod micro;
pub(crate) mod overlays;
pub(crate) mod saved;
pub(crate) mod settings;
pub(crate) mod shares;
pub(crate) mod state;
pub(crate) mod users;
