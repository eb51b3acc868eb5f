//! The configuration file.

mod file;
mod mistakes;
mod reading;
mod regions;
mod sites;
mod values;
