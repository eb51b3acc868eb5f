//! Asks ClickHouse, and waits for the answer: a store's methods block.

use crate::config;
use crate::store::StoreError;
use clickhouse::Compression;
use std::error::Error;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Longest wait for an answer.
const QUERY: Duration = Duration::from_secs(120);

/// Connections to ClickHouse, and the threads that serve them.
pub(super) struct Client {
    http: clickhouse::Client,
    /// `None` once it is dropped.
    runtime: Option<Runtime>,
}

impl Client {
    pub(super) fn new(config: &config::ClickHouse) -> Result<Self, StoreError> {
        let mut http = clickhouse::Client::default()
            .with_url(config.url.trim_end_matches('/'))
            .with_database(&config.database)
            .with_user(&config.user)
            .with_compression(Compression::None);
        if let Some(password) = password(config)? {
            http = http.with_password(password);
        }
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("clickhouse").enable_all().build()?;
        Ok(Client { http, runtime: Some(runtime) })
    }

    /// Has ClickHouse not remember which rows a condition left out: with that cache, some versions up to 26.5 leave rows
    /// out of later answers (issues 87091 and 104781 of ClickHouse). Versions before the cache do not know the setting.
    pub(super) fn without_condition_cache(mut self) -> Result<Self, StoreError> {
        const IS_KNOWN: &str = "SELECT count() FROM system.settings WHERE name = 'use_query_condition_cache'";
        let found: u64 = self.ask(async |http: &clickhouse::Client| http.query_raw(IS_KNOWN).fetch_one().await)?;
        if found > 0 {
            self.http = self.http.clone().with_setting("use_query_condition_cache", "0");
        }
        Ok(self)
    }

    /// Runs `ask` and waits for it. The caller may be any thread, also one that runs async code.
    pub(super) fn wait<T: Send>(
        &self,
        limit: Duration,
        ask: impl AsyncFnOnce(&clickhouse::Client) -> Result<T, clickhouse::error::Error> + Send,
    ) -> Result<T, StoreError> {
        let runtime = self.runtime.as_ref().ok_or(StoreError::Interrupted)?;
        let run = || {
            runtime.block_on(async {
                match tokio::time::timeout(limit, ask(&self.http)).await {
                    Ok(answer) => answer.map_err(StoreError::from),
                    Err(_) => Err(StoreError::ClickHouse(format!("no answer within {} s", limit.as_secs()))),
                }
            })
        };
        std::thread::scope(|scope| scope.spawn(run).join().unwrap_or(Err(StoreError::Interrupted)))
    }

    /// The same within the usual time.
    pub(super) fn ask<T: Send>(
        &self,
        ask: impl AsyncFnOnce(&clickhouse::Client) -> Result<T, clickhouse::error::Error> + Send,
    ) -> Result<T, StoreError> {
        self.wait(QUERY, ask)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // To wait for the threads would panic where async code drops the store.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl From<clickhouse::error::Error> for StoreError {
    fn from(error: clickhouse::error::Error) -> Self {
        // Its text repeats no password: that travels in a header.
        StoreError::ClickHouse(match error {
            clickhouse::error::Error::BadResponse(said) => said,
            clickhouse::error::Error::Network(cause) => format!("it does not answer: {}", causes(&*cause)),
            error => error.to_string(),
        })
    }
}

/// An error and what caused it.
fn causes(error: &dyn Error) -> String {
    let (mut text, mut error) = (error.to_string(), error);
    while let Some(cause) = error.source() {
        text = format!("{text}: {cause}");
        error = cause;
    }
    text
}

fn password(config: &config::ClickHouse) -> Result<Option<String>, StoreError> {
    if let Some(password) = &config.password {
        return Ok(Some(password.reveal().to_owned()));
    }
    let Some(file) = &config.password_file else { return Ok(None) };
    let text = std::fs::read_to_string(file).map_err(|error| {
        StoreError::ClickHouse(format!("cannot read clickhouse.password_file, {}: {error}", file.display()))
    })?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}
