//! Cargo, called by cargo's own name for itself so that the toolchain stays the same.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::project::Project;

/// Cargo in the project's root, with the project's own target folder.
pub fn cargo(project: &Project, arguments: &[&str]) -> Command {
    let mut command = plain();
    command.args(arguments).current_dir(project.root()).env("CARGO_TARGET_DIR", project.target());
    command
}

/// Cargo without a project.
pub fn plain() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The version of a package as Cargo.lock has it.
pub fn locked_version(project: &Project, package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(project.root().join("Cargo.lock")).context("could not read Cargo.lock")?;
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    match version {
        Some(version) => Ok(version.into()),
        None => bail!("Cargo.lock has no package {package}"),
    }
}

/// True when the toolchain in use can build for wasm.
pub fn has_wasm_target() -> bool {
    let libraries = Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]).output();
    libraries.is_ok_and(|output| std::path::Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

pub const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target to the toolchain in use when it is not there.
pub fn ensure_wasm_target() -> Result<()> {
    if has_wasm_target() {
        return Ok(());
    }
    println!("adding Rust's target {WASM} (once)");
    process::quiet(Command::new("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("Rust cannot build for wasm here; try `rustup target add {WASM}`"))
}
