//! What runs beside the requests.

mod config_reload;
mod retention;
