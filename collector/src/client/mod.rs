//! Clients: address, location, and request rate.

pub(crate) mod address;
pub(crate) mod bots;
pub(crate) mod geoip;
pub(crate) mod hops;
pub(crate) mod rate_limit;
