//! The tables in ClickHouse: numbered steps, of which each is run once, and the version that a collector needs.

use super::client::Client;
use super::refusal;
use crate::config;
use crate::store::StoreError;
use clickhouse::Client as Http;
use std::time::Duration;

/// The version of the schema of this collector: the number of its steps.
const VERSION: u32 = STEPS.len() as u32;

/// Oldest ClickHouse that can be used.
const OLDEST: u32 = 24;

/// Longest wait for a step.
const STEP: Duration = Duration::from_secs(300);

/// The statements of each step. `{on}` is ` ON CLUSTER ...` or nothing, `{replacing}` the engine that keeps one row of
/// each sort key. Steps add tables and columns; they never change what an older collector reads.
const STEPS: [&[&str]; 1] = [&[EVENTS, STORED, DELIVERIES, ERASURES]];

/// A row for each event: `body` is the event, `data` its data. The other columns are what is asked about: `at` is the
/// time by the collector's clock if the client's was off, `day` that of the time that `id` begins with. What is in the
/// sort key is fixed by the event, so that every copy of it has the same key.
const EVENTS: &str = "CREATE TABLE IF NOT EXISTS events{on} (
    id UUID,
    site LowCardinality(String),
    type LowCardinality(String),
    day Date,
    time DateTime64(3, 'UTC'),
    received DateTime64(3, 'UTC'),
    expires Date,
    anonymous Nullable(String),
    known Nullable(String),
    linked Nullable(String),
    at DateTime64(3, 'UTC'),
    env UInt32,
    seq Int64,
    identified Bool,
    bot Bool,
    mobile Nullable(Bool),
    started_by Nullable(Int64),
    session Nullable(String),
    path Nullable(String),
    content Nullable(String),
    play Nullable(String),
    step Nullable(String),
    tab Nullable(String),
    requested Nullable(String),
    content_type LowCardinality(Nullable(String)),
    name Nullable(String),
    content_version LowCardinality(Nullable(String)),
    title Nullable(String),
    country LowCardinality(Nullable(String)),
    city Nullable(String),
    browser LowCardinality(Nullable(String)),
    os LowCardinality(Nullable(String)),
    recorder LowCardinality(Nullable(String)),
    data String CODEC(ZSTD(3)),
    body String CODEC(ZSTD(3)),
    INDEX at_range at TYPE minmax,
    INDEX received_range received TYPE minmax
)
ENGINE = {replacing}(received)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, type, id)
TTL expires
SETTINGS non_replicated_deduplication_window = 1000";

/// The numbers of the events that were landed of each tab. They stay when the events are erased.
const STORED: &str = "CREATE TABLE IF NOT EXISTS stored{on} (
    site LowCardinality(String),
    tab String,
    seq Int64
)
ENGINE = {replacing}
ORDER BY (site, tab, seq)
SETTINGS non_replicated_deduplication_window = 1000";

/// The batches that collectors took. `numbers` is how many events the tab had created by then.
const DELIVERIES: &str = "CREATE TABLE IF NOT EXISTS deliveries{on} (
    site LowCardinality(String),
    tab String,
    received DateTime64(3, 'UTC'),
    seq UInt64,
    numbers UInt64,
    accepted UInt64,
    lost Map(String, UInt64)
)
ENGINE = {replacing}
ORDER BY (site, tab, received, seq)
SETTINGS non_replicated_deduplication_window = 1000";

/// Erasures that were asked for: `user` is the SHA-256 of an ID in hex, an empty `site` is all sites, `recorded`
/// is when it came here.
const ERASURES: &str = "CREATE TABLE IF NOT EXISTS erasures{on} (
    site String,
    scope LowCardinality(String),
    user String,
    time DateTime64(3, 'UTC'),
    source LowCardinality(String),
    recorded DateTime DEFAULT now()
)
ENGINE = {replacing}(time)
ORDER BY (site, scope, user)";

/// The steps that were run.
const STEPS_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema{on} (
    version UInt32,
    applied DateTime
)
ENGINE = {replacing}
ORDER BY version";

/// The statements that make the schema of this collector in an empty ClickHouse.
pub fn ddl(config: &config::ClickHouse) -> Vec<String> {
    let database = format!("CREATE DATABASE IF NOT EXISTS {}{}", config.database, on(config));
    let tables = [STEPS_TABLE].into_iter().chain(STEPS.concat()).map(|statement| made(statement, config));
    [database].into_iter().chain(tables).collect()
}

/// Brings ClickHouse to the schema of this collector. Returns what was done, a line each.
///
/// # Errors
/// [`StoreError`]: the steps before it are done.
pub fn apply(config: &config::ClickHouse) -> Result<Vec<String>, StoreError> {
    let client = Client::new(config)?;
    server(&client)?;
    let on = on(config);
    let database = format!("CREATE DATABASE IF NOT EXISTS {}{on}", config.database);
    client
        .wait(STEP, async |http: &Http| http.clone().with_database("default").query_raw(&database).execute().await)?;
    run(&client, &made(STEPS_TABLE, config))?;
    let found = version(&client)?;
    if found > VERSION {
        return Err(StoreError::ClickHouseNewer { found, known: VERSION });
    }
    let mut done = Vec::new();
    for (number, step) in (1..).zip(STEPS).skip(found as usize) {
        for statement in step {
            run(&client, &made(statement, config))?;
        }
        run(&client, &format!("INSERT INTO schema (version, applied) VALUES ({number}, now())"))?;
        done.push(format!("clickhouse: the schema is version {number}"));
    }
    if done.is_empty() {
        done.push(format!("clickhouse: the schema is version {VERSION} already"));
    }
    Ok(done)
}

/// The version of the server, if it can be used.
///
/// # Errors
/// [`StoreError`] with what mends it.
pub fn server_version(config: &config::ClickHouse) -> Result<String, StoreError> {
    server(&Client::new(config)?)
}

/// Whether the server and its schema can be used.
pub(super) fn check(client: &Client, config: &config::ClickHouse) -> Result<(), StoreError> {
    server(client)?;
    let found = match has_schema(client, config)? {
        true => version(client)?,
        false => 0,
    };
    match found {
        VERSION => Ok(()),
        found if found > VERSION => Err(StoreError::ClickHouseNewer { found, known: VERSION }),
        found => Err(StoreError::ClickHouseOlder { found, known: VERSION }),
    }
}

fn server(client: &Client) -> Result<String, StoreError> {
    let asked = client.ask(async |http: &Http| {
        // A very old server does not know the format of answers whose columns are checked.
        let http = http.clone().with_database("default").with_validation(false);
        http.query_raw("SELECT version()").fetch_one::<String>().await
    });
    let version = asked.map_err(refusal::of_start)?;
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= OLDEST) {
        return Ok(version);
    }
    Err(StoreError::ClickHouse(format!(
        "the server is version {version}, and version {OLDEST} or newer is needed: update it, or name another one in \
         clickhouse.url"
    )))
}

fn has_schema(client: &Client, config: &config::ClickHouse) -> Result<bool, StoreError> {
    let find = format!("SELECT count() FROM system.tables WHERE database = '{}' AND name = 'schema'", config.database);
    let found: u64 =
        client.ask(async |http: &Http| http.clone().with_database("default").query_raw(&find).fetch_one().await)?;
    Ok(found > 0)
}

fn version(client: &Client) -> Result<u32, StoreError> {
    client.ask(async |http: &Http| http.query_raw("SELECT max(version) FROM schema").fetch_one().await)
}

fn run(client: &Client, statement: &str) -> Result<(), StoreError> {
    client.wait(STEP, async |http: &Http| http.query_raw(statement).execute().await)
}

fn made(statement: &str, config: &config::ClickHouse) -> String {
    let replacing = if config.cluster.is_some() { "ReplicatedReplacingMergeTree" } else { "ReplacingMergeTree" };
    statement.replace("{on}", &on(config)).replace("{replacing}", replacing)
}

pub(super) fn on(config: &config::ClickHouse) -> String {
    config.cluster.as_ref().map_or_else(String::new, |cluster| format!(" ON CLUSTER {cluster}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_has_replicated_tables() {
        let one = ddl(&config::ClickHouse::default());
        assert_eq!(one[0], "CREATE DATABASE IF NOT EXISTS waymark");
        assert!(one[2].starts_with("CREATE TABLE IF NOT EXISTS events (\n"), "{}", one[2]);
        assert!(one[2].contains("\nENGINE = ReplacingMergeTree(received)\n"), "{}", one[2]);
        let config = config::ClickHouse { cluster: Some("main".to_owned()), ..config::ClickHouse::default() };
        for statement in ddl(&config) {
            assert!(statement.contains(" ON CLUSTER main"), "{statement}");
            assert!(!statement.contains('{'), "{statement}");
        }
        assert!(ddl(&config)[2].contains("\nENGINE = ReplicatedReplacingMergeTree(received)\n"));
    }
}
