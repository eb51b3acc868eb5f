//! Background jobs: reloading the configuration and erasing old data.

pub(crate) mod config_reload;
pub(crate) mod file_watcher;
pub(crate) mod retention;
