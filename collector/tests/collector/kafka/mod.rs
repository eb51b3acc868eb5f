//! Collectors that keep events in Kafka, and landers: on librdkafka's cluster in memory, and on brokers of their own.

mod collecting;
mod conservation;
mod door;
mod http;
mod lander;
mod landing;
pub mod marked;
mod metrics;
mod old_clickhouse;
mod refusal;
mod start;
mod whole;
