//! A collector that was built without Kafka lands nothing. Its configuration cannot name any.

use super::LandError;
use crate::config::Config;
use std::net::SocketAddr;

pub(crate) async fn start(
    _: &Config,
    _: Option<SocketAddr>,
    _: impl Future<Output = ()> + Send + 'static,
    _: impl FnOnce(Option<SocketAddr>),
) -> Result<(), LandError> {
    Err(LandError::NotClustered)
}
