//! A collector that was built without ClickHouse has no schema to make. Its configuration cannot name one.

use super::StoreError;
use crate::config::ClickHouse;

pub(crate) fn ddl(_: &ClickHouse) -> Vec<String> {
    Vec::new()
}

pub(crate) fn apply(_: &ClickHouse) -> Result<Vec<String>, StoreError> {
    Ok(Vec::new())
}
