//! The build's JavaScript tools, esbuild and binaryen, and the libraries of the demo and of the adapters' tests, at the
//! versions of package-lock.json.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::project::Project;

/// Installs what package-lock.json names, unless it is there.
pub fn ensure_packages(project: &Project) -> Result<()> {
    if is_current(project) {
        return Ok(());
    }
    let mut npm = npm()?;
    println!("installing what package.json names from npm (once)");
    process::quiet(npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(project.root()))
        .context("npm could not install what package-lock.json names")
}

/// npm itself.
pub fn npm() -> Result<Command> {
    match process::find(&["npm", "npm.cmd"]) {
        Some(program) => Ok(Command::new(program)),
        None => {
            bail!("Node.js with npm is needed and is not on the PATH: get it from https://nodejs.org (20 or later)")
        }
    }
}

/// True when node_modules is at least as new as the lock file.
pub fn is_current(project: &Project) -> bool {
    let installed = modified(&project.node_modules().join(".package-lock.json"));
    installed.is_some() && installed >= modified(&project.root().join("package-lock.json"))
}

/// A program that a package brought.
pub fn program(project: &Project, name: &str) -> Result<PathBuf> {
    let path = project.node_modules().join(".bin").join(name);
    if !path.exists() {
        bail!("npm installed no {name}: does package.json name its package?");
    }
    Ok(path)
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|data| data.modified()).ok()
}
