//! `cargo xtask screenshots`: makes the pictures of the README anew, in a real Chromium.

use anyhow::Result;

use crate::engine::Engine;
use crate::project::Project;
use crate::{build, cargo, packages, process};

pub fn run(project: &Project) -> Result<()> {
    packages::ensure(Engine::Chromium.programs())?;
    build::run(project)?;
    process::live(&mut cargo::cargo(project, &["run", "--package", "waymark-support", "--example", "screenshots"]))
}
