//! Who sends: address, proxies in front, rate.

mod address;
mod proxies;
mod rate_limit;
