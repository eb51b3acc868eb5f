//! How the collector runs: security log and TLS certificate.

use super::findings::Findings;
use super::table::{BOOLEAN, PATH, Table};
use std::path::PathBuf;

/// The security log, the only place with full client addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityLog {
    /// Whether it is written. Default: true, except in the demo.
    pub on: bool,
    /// Directory of its files, one a day. Default: `waymark-security`. It is created if missing.
    pub dir: PathBuf,
    /// Days that a file is kept. Default: 30.
    pub days: u16,
}

/// TLS certificate and key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Tls {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Tls { cert: table.required("cert", PATH), key: table.required("key", PATH) }
    }
}

/// What the days of the security log must be.
const DAYS: &str = "must be a whole number from 1 to 65535; set security_log.on = false to write no log";

impl SecurityLog {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let default = SecurityLog::default();
        SecurityLog {
            on: table.value("on", BOOLEAN).unwrap_or(default.on),
            dir: table.value("dir", PATH).unwrap_or(default.dir),
            days: table.value("days", DAYS).unwrap_or(default.days),
        }
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        if self.on && self.dir.as_os_str().is_empty() {
            findings.add("security_log.dir", "must not be empty; set security_log.on = false to write no log");
        }
        if self.on && self.days == 0 {
            findings.add("security_log.days", DAYS);
        }
    }

    /// A disabled log.
    pub fn off() -> Self {
        SecurityLog { on: false, ..SecurityLog::default() }
    }
}
