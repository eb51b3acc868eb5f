//! The stores.

#[cfg(feature = "clickhouse")]
mod clickhouse;
#[cfg(feature = "clickhouse")]
mod clickhouse_files;
mod commits;
mod faults;
mod sqlite_file;
