//! The collector: takes the batches of recorders, keeps their events, shows them live and hands them out again.
//!
//! In layers, each of which knows only those below it: `cli` (the commands), [`server`] (assembles, serves, stops), `net`
//! (connections), `http` (URL table, endpoints), `jobs` (what runs beside the requests), `app` (what endpoints share),
//! `ingest` (from a batch to what is stored), `sites`, `telemetry`, `client`, `assets`, [`store`], `error`, `config`, `time`.

mod app;
mod assets;
pub mod cli;
mod client;
pub mod config;
mod error;
mod http;
mod ingest;
mod jobs;
mod net;
pub mod server;
mod sites;
pub mod store;
mod telemetry;
mod time;

pub use assets::AssetsError;
pub use cli::Words;
pub use config::{
    Account, Admin, Config, ConfigError, Endpoints, Limits, ProxyHeader, Range, Region, Secret, SecurityLog, Settings,
    Site, Tls, Token, Warning, read_settings,
};
pub use http::body::unpack;
pub use ingest::state_update::{Sent, Told};
pub use jobs::config_reload::Reconfigure;
pub use net::tls::TlsError;
pub use server::{Collector, ServeError, serve};
pub use sites::known::UnknownSite;
