//! What the tests run on: a collector of their own, its binary as a process, a small database of places.

#[cfg(feature = "clickhouse")]
pub mod clickhouse;
pub mod mmdb;
pub mod parquet;
pub mod process;
pub mod running;
