//! ClickHouse for the tests, in `target/tools`: its engine as a library, which the door of the tests serves by HTTP, and
//! Debian's server of 2018, which is too old for the schema. No registry has a server of today.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::archive::Archive;
use crate::engine::Program;
use crate::packages;
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

/// What the server runs on. It starts nothing.
const COMMON: [Program; 1] =
    [Program { names: &["/usr/lib/x86_64-linux-gnu/libclickhouse.so.18.16.1"], package: "clickhouse-common" }];

const PACKAGE: &str = "clickhouse-server_18.16.1+ds-7.3+b2_amd64.deb";

/// ClickHouse's server. It is not installed, so that no service is started.
const SERVER: Archive = Archive {
    name: "clickhouse-server-18.16.1",
    file: PACKAGE,
    sha256: "343046f3c71fab487838cb3da1bd1c14ca0090b5f63bcb245b637de0324e677b",
    mebibytes: 1,
    fetch: &["apt-get", "download", "clickhouse-server=18.16.1+ds-7.3+b2"],
    unpack: &["dpkg-deb", "-x", PACKAGE, "."],
};

/// The library.
pub fn library(project: &Project) -> PathBuf {
    CHDB.folder(project).join("package/libchdb.so")
}

/// The program that serves it, once it is built.
pub fn door(project: &Project) -> PathBuf {
    project.root().join("target/debug/clickhouse-door")
}

/// The server, where there is one.
pub fn server(project: &Project) -> Option<PathBuf> {
    has_server().then(|| SERVER.folder(project).join("usr/sbin/clickhouse-server"))
}

/// Installs both, unless they are here.
pub fn ensure(project: &Project) -> Result<()> {
    CHDB.ensure(project)?;
    if !has_server() {
        println!("only Debian 12 has a ClickHouse server: its tests are left out");
        return Ok(());
    }
    packages::ensure(&COMMON)?;
    SERVER.ensure(project)
}

/// Whether the library is here, and the server where it can be.
pub fn are_here(project: &Project) -> bool {
    let has_all = || packages::missing(&COMMON).is_empty() && SERVER.is_here(project);
    CHDB.is_here(project) && (!has_server() || has_all())
}

/// Whether this is Debian 12 on the processor that the package is for.
fn has_server() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let says = |line| release.lines().any(|said| said == line);
    cfg!(target_arch = "x86_64") && says("ID=debian") && says("VERSION_ID=\"12\"")
}
