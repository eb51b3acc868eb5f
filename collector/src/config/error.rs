//! Configuration errors.

use std::path::PathBuf;

/// Why a configuration is not one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {error}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file's text is not a configuration: unknown key, wrong type, no TOML.
    #[error("{}: {error}{hint}", file.display())]
    Text {
        /// Which file.
        file: PathBuf,
        /// Which line, what is wrong with it, and what is allowed.
        error: Box<toml::de::Error>,
        /// What else would help.
        hint: &'static str,
    },
    /// One of the accounts is not as it must be.
    #[error("account `{account}`: {reason}")]
    Account {
        /// Its ID.
        account: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// One of the sites is not as it must be.
    #[error("site {site}: {reason}")]
    Site {
        /// Its key, or its place among the sites.
        site: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// A value is not as it must be.
    #[error("{key}: {reason}")]
    Value {
        /// The key or the environment variable.
        key: &'static str,
        /// What is wrong and what is allowed.
        reason: String,
    },
}
