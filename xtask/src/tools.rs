//! Programs that only the tests need and cargo can install, into `target/tools`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::project::Project;
use crate::{cargo, process};

pub struct Tool {
    krate: &'static str,
    program: &'static str,
    version: String,
    /// wasm-bindgen-cli's own lock file names versions that a registry need not have.
    locked: bool,
}

/// Runs the browser-edge tests; of the version that the recorder's bindings are.
pub fn test_runner(project: &Project) -> Result<Tool> {
    let version = cargo::locked_version(project, "wasm-bindgen")?;
    Ok(Tool { krate: "wasm-bindgen-cli", program: "wasm-bindgen-test-runner", version, locked: false })
}

/// Drives Firefox.
pub fn geckodriver() -> Tool {
    Tool { krate: "geckodriver", program: "geckodriver", version: "0.37.1".into(), locked: true }
}

/// Runs the fuzz targets.
pub fn cargo_fuzz() -> Tool {
    Tool { krate: "cargo-fuzz", program: "cargo-fuzz", version: "0.13.2".into(), locked: true }
}

impl Tool {
    pub fn path(&self, project: &Project) -> PathBuf {
        project.tools().join("bin").join(self.program)
    }

    pub fn is_here(&self, project: &Project) -> bool {
        process::has_version(&self.path(project), &self.version)
    }

    pub fn ensure(&self, project: &Project) -> Result<()> {
        if self.is_here(project) {
            return Ok(());
        }
        println!("installing {} {} with cargo (about 3 minutes, once)", self.krate, self.version);
        let mut command = cargo::plain();
        command.args(["install", self.krate, "--version", &self.version, "--debug", "--force", "--root"]);
        command.arg(project.tools());
        if self.locked {
            command.arg("--locked");
        }
        // Away from the project, whose .cargo/config.toml is not meant for this; its debug builds are quick enough.
        command.current_dir(std::env::temp_dir()).env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.env_remove("CARGO_TARGET_DIR");
        process::quiet(&mut command).with_context(|| format!("could not install {}", self.krate))
    }
}
