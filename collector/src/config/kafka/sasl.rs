//! `[kafka.sasl]`: name and password for the brokers.

use super::secret_text::SecretText;
use crate::config::findings::Findings;
use crate::config::table::{PATH, TEXT, Table};
use serde::Deserialize;
use std::path::PathBuf;

/// Name and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sasl {
    /// How the password is proved. Default: `SCRAM-SHA-512`.
    pub mechanism: Mechanism,
    /// The name.
    pub username: String,
    /// File with the password and nothing else. A line break at its end does not count.
    pub password_file: Option<PathBuf>,
    /// The password, from the environment. It goes before the file.
    pub password: Option<SecretText>,
}

/// How a password is proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Mechanism {
    /// It is sent.
    #[serde(rename = "PLAIN")]
    Plain,
    /// By a challenge, RFC 5802 with SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// By a challenge, RFC 5802 with SHA-512.
    #[default]
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

const MECHANISM: &str = "must be one of \"PLAIN\", \"SCRAM-SHA-256\", \"SCRAM-SHA-512\"";

impl Mechanism {
    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl Sasl {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Sasl {
            mechanism: table.value("mechanism", MECHANISM).unwrap_or_default(),
            username: table.required("username", TEXT),
            password_file: table.value("password_file", PATH),
            password: None,
        }
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        if self.username.is_empty() {
            findings.add("kafka.sasl.username", "must not be empty");
        }
        let is_given = self.password.as_ref().is_some_and(|password| !password.is_empty());
        if !is_given && self.password_file.is_none() {
            findings.add_missing(
                "kafka.sasl.password_file",
                "must be a path in quotes; the password can also be in WAYMARK_KAFKA_SASL_PASSWORD",
            );
        }
    }
}
