//! A collector that was built without Kafka has no topics and no log. Its configuration cannot name any.

use super::BrokersError;
use crate::config::{Config, Kafka};
use crate::store::EventLog;
use std::sync::Arc;

pub(crate) async fn apply(_: &Config) -> Result<Vec<String>, BrokersError> {
    Ok(Vec::new())
}

pub(crate) fn open_log(_: &Config, _: &Kafka) -> Result<Arc<dyn EventLog>, BrokersError> {
    Err(BrokersError::Kafka("this collector was built without Kafka".to_owned()))
}
