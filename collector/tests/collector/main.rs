//! The collector through its public door: a real server on port 0, real HTTP, both stores.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admin;
mod assets;
mod audit;
mod clocks;
mod commands;
mod config;
mod conservation;
mod cors;
mod demo;
mod ending;
mod export;
mod faults;
mod forget;
mod health;
mod hostile;
mod inspector;
mod levels;
mod live;
mod metrics;
mod mmdb;
mod pages;
mod people;
mod places;
mod process;
mod program;
mod receive;
mod retention;
mod running;
mod store;
mod tls;
