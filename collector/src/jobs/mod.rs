//! Background jobs: reloading the configuration, erasing old data, and making facts for insights.

pub(crate) mod config_reload;
pub(crate) mod facts;
pub(crate) mod file_watcher;
pub(crate) mod retention;
