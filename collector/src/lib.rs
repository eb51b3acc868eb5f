//! The collector: takes the batches of recorders, keeps their events, shows them live and hands them out again.
//!
//! The modules in the order of a request's life: [`config`] and [`server`] set up, `accept` takes connections,
//! [`router`] has the URL table,
//! `receive` is the list of steps: `body`, `check`, `stamp`, [`writer`], [`store`]; `reject` turns what went wrong
//! into statuses. `export`, `live` and `inspector` show what is stored, `admin` decides to whom; `assets` and `health`
//! serve machines; [`pages`] and [`demo`] are for trying it out.

mod accept;
mod admin;
mod assets;
mod body;
mod check;
pub mod config;
mod cors;
pub mod demo;
mod export;
mod health;
mod inspector;
mod live;
pub mod pages;
mod receive;
mod reject;
pub mod router;
pub mod server;
mod stamp;
pub mod store;
pub mod writer;

pub use config::{Admin, Config, ConfigError, Limits, Site, Token};
pub use server::{Collector, ServeError, serve};
