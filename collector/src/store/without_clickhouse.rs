//! A collector that was built without ClickHouse has no schema to make. Its configuration cannot name one.

use super::{Store, StoreError};
use crate::config::ClickHouse;
use std::path::Path;
use std::sync::Arc;

pub(crate) fn ddl(_: &ClickHouse) -> Vec<String> {
    Vec::new()
}

pub(crate) fn apply(_: &ClickHouse) -> Result<Vec<String>, StoreError> {
    Ok(Vec::new())
}

pub(crate) fn open_cluster(_: &ClickHouse, _: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Err(StoreError::ClickHouse("this collector was built without ClickHouse".to_owned()))
}
