//! `[clickhouse]`: the ClickHouse that holds the events of collectors that share a Kafka, and how it is reached.

use super::findings::Findings;
use super::kafka::SecretText;
use super::table::{PATH, TEXT, Table};
use std::path::PathBuf;

/// ClickHouse, in which the events of Kafka are landed and asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickHouse {
    /// Address of its HTTP interface, such as `http://clickhouse.example:8123`.
    pub url: String,
    /// The database. Default: `waymark`.
    pub database: String,
    /// The user. Default: `default`.
    pub user: String,
    /// File with the password and nothing else. A line break at its end does not count. Default: no password.
    pub password_file: Option<PathBuf>,
    /// The password, from the environment. It goes before the file.
    pub password: Option<SecretText>,
    /// The cluster whose replicas hold the tables, as ClickHouse calls it. Default: one server without replicas.
    pub cluster: Option<String>,
    /// Most events of one insert. Default: 50,000.
    pub batch_rows: usize,
    /// Longest wait for more events before an insert, in ms. Default: 1,000.
    pub batch_ms: u64,
}

const URL: &str = "must be an address in quotes, such as \"http://clickhouse.example:8123\"";
const NAME: &str = "must be a name of A-Z a-z 0-9 _ in quotes that begins with no digit";
const ROWS: &str = "must be a whole number from 1 to 1000000";
const MS: &str = "must be a whole number of milliseconds from 1 to 60000";

const MAX_ROWS: usize = 1_000_000;
const MAX_MS: u64 = 60_000;

impl Default for ClickHouse {
    fn default() -> Self {
        ClickHouse {
            url: String::new(),
            database: "waymark".to_owned(),
            user: "default".to_owned(),
            password_file: None,
            password: None,
            cluster: None,
            batch_rows: 50_000,
            batch_ms: 1_000,
        }
    }
}

impl ClickHouse {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        table.misplaced("password", "must be in a file: password_file; or in WAYMARK_CLICKHOUSE_PASSWORD");
        let default = ClickHouse::default();
        ClickHouse {
            url: table.value("url", URL).unwrap_or_default(),
            database: table.value("database", NAME).unwrap_or(default.database),
            user: table.value("user", TEXT).unwrap_or(default.user),
            password_file: table.value("password_file", PATH),
            password: None,
            cluster: table.value("cluster", NAME),
            batch_rows: table.value("batch_rows", ROWS).unwrap_or(default.batch_rows),
            batch_ms: table.value("batch_ms", MS).unwrap_or(default.batch_ms),
        }
    }

    pub(super) fn check(&self, has_kafka: bool, findings: &mut Findings) {
        if self.url.is_empty() {
            findings.add_missing("clickhouse.url", URL);
        } else if !is_url(&self.url) {
            findings.add("clickhouse.url", URL);
        }
        if !is_name(&self.database) {
            findings.add("clickhouse.database", NAME);
        }
        if self.cluster.as_deref().is_some_and(|cluster| !is_name(cluster)) {
            findings.add("clickhouse.cluster", NAME);
        }
        if !(1..=MAX_ROWS).contains(&self.batch_rows) {
            findings.add("clickhouse.batch_rows", ROWS);
        }
        if !(1..=MAX_MS).contains(&self.batch_ms) {
            findings.add("clickhouse.batch_ms", MS);
        }
        // The last of all: it would hide those of its keys.
        if !has_kafka && findings.are_right(&["kafka"]) {
            findings.add("clickhouse", "needs [kafka] too: events reach ClickHouse through it");
        }
    }
}

/// Whether this is an address of a server, without a path, a user or a query.
fn is_url(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) else { return false };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
    !rest.is_empty() && is_plain
}

/// Whether this is a name that SQL needs no quotes for.
fn is_name(name: &str) -> bool {
    let is_of_a_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && name.chars().all(is_of_a_name)
}
