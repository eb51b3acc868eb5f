//! Free space on the store's disk, and the size of the store's files.

use std::path::{Path, PathBuf};

/// The store's file on its disk.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// `None` for a store in memory.
    pub(crate) fn of(store: &Path) -> Option<Self> {
        (store != Path::new(":memory:")).then(|| Disk(store.to_owned()))
    }

    /// Free bytes for unprivileged programs.
    pub(crate) fn free(&self) -> std::io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.0)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Bytes of the database and its log.
    pub(crate) fn sizes(&self) -> [(&'static str, u64); 2] {
        let mut log = self.0.clone().into_os_string();
        log.push("-wal");
        let length = |file: &Path| std::fs::metadata(file).map_or(0, |file| file.len());
        [("database", length(&self.0)), ("log", length(Path::new(&log)))]
    }
}
