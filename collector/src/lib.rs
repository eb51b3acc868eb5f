//! The collector receives batches from recorders, stores their events, shows them live and exports them.
//!
//! Its modules are layers. Each uses only those below it: [`cli`] (commands), [`land`] (from Kafka to ClickHouse),
//! [`server`] (assembles, serves, stops),
//! `net` (connections), `http` (routes and endpoints), `jobs` (background jobs), `app` (shared state), `micro`
//! (what a collector for tests rejected), `demo_month` (made-up events of the demo), `ingest` (from a batch to stored
//! events), [`insights`] (questions about stored events), [`sinks`] (from stored events to other systems),
//! [`kafka`] (its client), `sites`, `telemetry`, `client`, `assets`, [`store`], `error`, [`config`], `time`.

mod app;
mod assets;
pub mod cli;
mod client;
pub mod config;
mod demo_month;
mod error;
mod http;
mod ingest;
pub mod insights;
mod jobs;
pub mod kafka;
pub mod land;
mod micro;
mod net;
pub mod server;
pub mod sinks;
mod sites;
pub mod store;
mod telemetry;
mod time;

pub use assets::AssetsError;
pub use cli::ConfigSummary;
pub use config::{
    Account, Admin, Bots, ClickHouse, Compression, Config, ConfigError, Endpoints, Kafka, KafkaTls, Limits, Mechanism,
    Mistake, Mistakes, ProxyHeader, Range, Region, Sasl, Secret, SecretText, SecurityLog, Settings, Site, Tls, Token,
    Warning, read_settings,
};
pub use http::body::unpack;
pub use ingest::state_update::{PendingReply, StateUpdate};
pub use jobs::config_reload::ConfigReloader;
pub use net::tls::TlsError;
pub use server::{Collector, ServeError, serve};
pub use sites::known::UnknownSite;
