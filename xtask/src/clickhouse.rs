//! ClickHouse for the tests, in `target/tools`: its engine as a library, which the door of the tests serves by HTTP. No
//! registry has a server of today.

use std::path::PathBuf;

use anyhow::Result;

use crate::archive::Archive;
use crate::project::Project;

const TARBALL: &str = "chdb-lib-linux-x64-gnu-26.5.3.tgz";

/// ClickHouse 26.5 as `libchdb.so`.
const CHDB: Archive = Archive {
    name: "chdb-26.5.3",
    file: TARBALL,
    sha256: "b874e449710950da3abd7e20376f7bb3387d9e03adcc7082f022be18dfdf316a",
    mebibytes: 167,
    fetch: &["npm", "pack", "--silent", "@chdb/lib-linux-x64-gnu@26.5.3"],
    unpack: &["tar", "xzf", TARBALL],
};

/// The library.
pub fn library(project: &Project) -> PathBuf {
    CHDB.folder(project).join("package/libchdb.so")
}

/// The program that serves it, once it is built.
pub fn door(project: &Project) -> PathBuf {
    project.root().join("target/debug/clickhouse-door")
}

/// Installs the library, unless it is here.
pub fn ensure(project: &Project) -> Result<()> {
    CHDB.ensure(project)
}

/// Whether the library is here.
pub fn is_here(project: &Project) -> bool {
    CHDB.is_here(project)
}
