//! The commands.

mod demo;
pub mod program;
mod sites;
mod static_site;
mod store;
