//! Opens the store that a path names.

use super::{Memory, Sqlite, Store, StoreError};
use std::path::Path;
use std::sync::Arc;

/// Opens the store at `path`; `:memory:` is a [`Memory`], anything else a [`Sqlite`] file.
///
/// # Errors
/// [`StoreError`] where the file cannot be used.
pub fn open(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(if path == Path::new(":memory:") { Arc::new(Memory::default()) } else { Arc::new(Sqlite::open(path)?) })
}
