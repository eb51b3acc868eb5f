//! What an operator says about running the collector, beside what it takes: the security log and the certificate.

use serde::Deserialize;
use std::path::PathBuf;

/// The log that has whole addresses, and nothing else has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityLog {
    /// Whether it is written; it is by default, but for the demo.
    pub on: bool,
    /// The directory of its files, one a day; `waymark-security` by default. It is made where it is not there.
    pub dir: PathBuf,
    /// How many days a file is kept, 30 by default.
    pub days: u16,
}

/// The certificate by which connections are encrypted, and its key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, and behind it those that vouch for it.
    pub cert: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
}

impl Default for SecurityLog {
    fn default() -> Self {
        SecurityLog { on: true, dir: PathBuf::from("waymark-security"), days: 30 }
    }
}

impl SecurityLog {
    /// None is written.
    pub fn off() -> Self {
        SecurityLog { on: false, ..SecurityLog::default() }
    }
}
