//! The stores.

mod commits;
mod faults;
mod sqlite_file;
