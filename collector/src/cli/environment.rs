//! Environment variables, and the configuration file that they name.

use crate::config::{Config, ConfigError};
use std::path::PathBuf;

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn configured() -> Option<PathBuf> {
    variable("WAYMARK_CONFIG").map(PathBuf::from)
}

pub(crate) fn load(file: Option<PathBuf>) -> Result<Config, ConfigError> {
    let file = file.or_else(configured);
    Config::load(file.as_deref(), variable)
}
