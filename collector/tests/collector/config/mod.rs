//! The configuration file.

mod clickhouse;
mod file;
mod kafka;
mod mistakes;
mod reading;
mod regions;
mod sites;
mod values;
