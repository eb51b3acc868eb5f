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

pub(crate) fn server_version(_: &ClickHouse) -> Result<String, StoreError> {
    Err(left_out())
}

pub(crate) fn open_cluster(_: &ClickHouse, _: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Err(left_out())
}

fn left_out() -> StoreError {
    StoreError::ClickHouse("this collector was built without ClickHouse".to_owned())
}
