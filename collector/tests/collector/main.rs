//! The collector through its public door: a real server on port 0, real HTTP, both stores. One folder for each room of
//! `collector/src`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cli;
mod client;
mod config;
mod harness;
mod http;
mod ingest;
mod insights;
mod jobs;
#[cfg(feature = "kafka")]
mod kafka;
mod net;
mod sinks;
mod sites;
mod store;
