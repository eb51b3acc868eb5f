//! The stores.

#[cfg(feature = "clickhouse")]
mod clickhouse;
mod commits;
mod faults;
mod sqlite_file;
