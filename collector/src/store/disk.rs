//! The disk that the store is on: how much is free, how much the store takes.

use std::path::{Path, PathBuf};

/// The store's file on its disk.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// None for a store in memory.
    pub(crate) fn of(store: &Path) -> Option<Self> {
        (store != Path::new(":memory:")).then(|| Disk(store.to_owned()))
    }

    /// What is free, for programs without privileges.
    pub(crate) fn free(&self) -> std::io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.0)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// How long the database and the log beside it are.
    pub(crate) fn sizes(&self) -> [(&'static str, u64); 2] {
        let mut log = self.0.clone().into_os_string();
        log.push("-wal");
        let length = |file: &Path| std::fs::metadata(file).map_or(0, |file| file.len());
        [("database", length(&self.0)), ("log", length(Path::new(&log)))]
    }
}
