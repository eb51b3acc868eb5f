//! The configuration file.

mod errors;
