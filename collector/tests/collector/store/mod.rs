//! The SQLite file.

mod faults;
mod sqlite_file;
