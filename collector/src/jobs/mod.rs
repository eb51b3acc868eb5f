//! What runs beside the requests.

pub(crate) mod config_reload;
pub(crate) mod file_watcher;
pub(crate) mod retention;
