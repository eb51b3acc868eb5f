//! A client of Kafka, on librdkafka: its properties, a producer that waits for acknowledgements, the topics, the log of
//! events of collectors without a store, and what is in a message. A build without Kafka has only its errors.

mod error;
#[cfg(feature = "kafka")]
mod event_log;
#[cfg(feature = "kafka")]
mod logger;
#[cfg(feature = "kafka")]
mod message;
#[cfg(feature = "kafka")]
mod options;
#[cfg(feature = "kafka")]
mod producer;
#[cfg(feature = "kafka")]
mod reader;
#[cfg(feature = "kafka")]
mod region;
#[cfg(feature = "kafka")]
mod start;
#[cfg(feature = "kafka")]
mod topics;
#[cfg(feature = "kafka")]
mod undelivered;
#[cfg(not(feature = "kafka"))]
mod without;

pub use error::BrokersError;
#[cfg(feature = "kafka")]
pub use event_log::KafkaLog;
#[cfg(feature = "kafka")]
pub(crate) use event_log::open_log;
#[cfg(feature = "kafka")]
pub(crate) use logger::Logger;
#[cfg(feature = "kafka")]
pub(crate) use message::{Message, erasure_key, erasure_text, read_erasure, tab};
#[cfg(feature = "kafka")]
pub(crate) use options::{Role, options};
#[cfg(feature = "kafka")]
pub(crate) use producer::Producer;
#[cfg(feature = "kafka")]
pub(crate) use reader::{read_all, reader};
#[cfg(feature = "kafka")]
pub(crate) use start::{check, check_region};
#[cfg(feature = "kafka")]
pub(crate) use topics::apply;
#[cfg(feature = "kafka")]
pub(crate) use undelivered::Undelivered;
#[cfg(not(feature = "kafka"))]
pub(crate) use without::{apply, open_log};
