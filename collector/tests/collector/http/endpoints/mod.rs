//! One file for each endpoint.

mod assets;
mod audit;
mod demo_month;
mod events;
mod export;
mod forget;
mod health;
mod insights;
mod inspector;
mod live;
mod metrics;
mod micro;
mod overlays;
mod saved;
mod settings;
mod shares;
mod state;
mod users;
