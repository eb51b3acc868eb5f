//! The commands.

mod demo;
mod init;
mod micro;
pub mod program;
mod share;
mod sites;
mod static_site;
mod store;
