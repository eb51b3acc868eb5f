//! Who sends: address, proxies in front, rate.

mod address;
mod bots;
mod proxies;
mod rate_limit;
