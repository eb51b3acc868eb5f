//! What the tests run on: a collector of their own, its binary as a process, a small database of places.

#[cfg(feature = "clickhouse")]
pub mod clickhouse;
#[cfg(feature = "kafka")]
pub mod clickhouse_server;
pub mod dashboard;
pub mod mmdb;
pub mod parquet;
pub mod process;
pub mod running;
