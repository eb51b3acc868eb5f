//! The collector: takes the batches of recorders, keeps their events, shows them live and hands them out again.
//!
//! In the order of a request's life: [`config`] and [`server`] set up, `accept` takes connections, `router` has the
//! URL table, `receive` lists the steps (`body`, `check`, `stamp`, `writer`, [`store`]), `reject` turns what went wrong
//! into statuses. `export`, `live` and `inspector` show what is stored, `audit` what is missing, `admin` decides to whom;
//! `forget` has it erased. `state` keeps what is remembered of users between browsers.

mod accept;
mod admin;
mod assets;
mod audit;
pub mod body;
mod check;
pub mod commands;
pub mod config;
mod cors;
pub mod demo;
mod disk;
mod door;
mod export;
mod forget;
mod geo;
mod health;
mod hops;
mod inspector;
mod known;
mod line;
mod live;
mod metrics;
pub mod new_site;
mod overload;
mod pace;
pub mod pages;
mod people;
mod receive;
mod reconfigure;
mod reject;
mod reload;
mod retention;
mod router;
mod rules;
mod seats;
mod security_log;
mod sender;
pub mod server;
mod settings;
mod sites;
mod stamp;
pub mod state;
pub mod store;
mod tls;
mod watch;
mod words;
mod writer;

pub use assets::AssetsError;
pub use config::{
    Account, Admin, Config, ConfigError, Endpoints, Limits, ProxyHeader, Range, Region, Secret, SecurityLog, Settings,
    Site, Tls, Token, Warning,
};
pub use known::UnknownSite;
pub use reconfigure::Reconfigure;
pub use server::{Collector, ServeError, serve};
pub use tls::TlsError;
pub use words::Words;
