//! The commands.

mod demo;
mod init;
pub mod program;
mod sites;
mod static_site;
mod store;
