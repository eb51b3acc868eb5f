//! A collector that was built without Kafka opens no sink. Its configuration cannot name one.

use super::{SinkJob, SinkOpenError};
use crate::config::{Kafka, Region};
use crate::store::Store;
use std::sync::Arc;

pub(crate) fn open(_: Option<&Kafka>, _: Option<Region>, _: &Arc<dyn Store>) -> Result<Vec<SinkJob>, SinkOpenError> {
    Ok(Vec::new())
}
