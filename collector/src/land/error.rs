//! Why a lander cannot start.

use crate::kafka::BrokersError;
use crate::store::StoreError;
use std::net::SocketAddr;

/// Why a lander cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    /// The configuration has no Kafka and ClickHouse.
    #[error("`land` needs [kafka] and [clickhouse] in the configuration: docs/kafka.md")]
    NotClustered,
    /// The brokers cannot be used.
    #[error(transparent)]
    Brokers(#[from] BrokersError),
    /// The store cannot be used.
    #[error("cannot use the ClickHouse of clickhouse.url: {0}")]
    Store(#[from] StoreError),
    /// The metrics cannot be served.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// Metrics would be open to others.
    #[error("{0} can be reached from other machines, and the metrics need no token: use a loopback address")]
    NotLoopback(SocketAddr),
    /// It did not get as far as the first message.
    #[error("ended before it began")]
    Ended,
}
