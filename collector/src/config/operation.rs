//! How the collector runs: security log and TLS certificate.

use serde::Deserialize;
use std::path::PathBuf;

/// The security log, the only place with full client addresses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityLog {
    /// Whether it is written. Default: true, except in the demo.
    pub on: bool,
    /// Directory of its files, one a day. Default: `waymark-security`. It is created if missing.
    pub dir: PathBuf,
    /// Days that a file is kept. Default: 30.
    pub days: u16,
}

/// TLS certificate and key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Certificate chain.
    pub cert: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

impl Default for SecurityLog {
    fn default() -> Self {
        SecurityLog { on: true, dir: PathBuf::from("waymark-security"), days: 30 }
    }
}

impl SecurityLog {
    /// A disabled log.
    pub fn off() -> Self {
        SecurityLog { on: false, ..SecurityLog::default() }
    }
}
