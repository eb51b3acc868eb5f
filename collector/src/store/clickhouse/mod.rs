//! ClickHouse, for collectors that outgrow one machine: `land` inserts what Kafka has, and the questions are answered
//! from it. It holds events, reports about tabs and erasures.
//!
//! An event is one row for each of its copies until ClickHouse merges them; all reads say `FINAL`, so that a copy never
//! counts. A question sees what is landed meanwhile: there are no transactions.

mod audit;
mod client;
mod erased;
mod erasure;
mod facts;
mod insert;
mod landed;
mod read;
mod refusal;
mod retention;
mod schema;
mod tombstones;
#[cfg(test)]
mod wire;

pub use landed::{LandedEvent, NotAnEvent};
pub use schema::{apply, ddl, server_version};
pub use tombstones::Tombstones;

use self::client::Client;
use super::StoreError;
use crate::config;

/// A ClickHouse with the schema of this collector. All methods block.
pub struct ClickHouse {
    client: Client,
    /// ` ON CLUSTER ...`, or nothing.
    on: String,
}

impl ClickHouse {
    /// Connects, and checks the server's version and its schema.
    ///
    /// # Errors
    /// [`StoreError`] saying what to do.
    pub fn open(config: &config::ClickHouse) -> Result<Self, StoreError> {
        let client = Client::new(config)?;
        schema::check(&client, config)?;
        Ok(ClickHouse { client: client.without_condition_cache()?, on: schema::on(config) })
    }

    /// Whether ClickHouse answers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn ping(&self) -> Result<(), StoreError> {
        self.client.ask(async |http: &clickhouse::Client| http.query_raw("SELECT 1").fetch_one::<u8>().await).map(drop)
    }
}
