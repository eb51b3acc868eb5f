//! The configuration file.

mod file;
mod kafka;
mod mistakes;
mod reading;
mod regions;
mod sites;
mod values;
