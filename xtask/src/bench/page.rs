//! `cargo xtask bench page`: what the recorder costs a page's main thread, measured in a real Chromium.

use anyhow::Result;

use crate::engine::Engine;
use crate::project::Project;
use crate::{build, cargo, packages, process};

pub fn run(project: &Project, parts: &[&str]) -> Result<()> {
    packages::ensure(Engine::Chromium.programs())?;
    build::run(project)?;
    let arguments = [["bench", "--package", "waymark", "--bench", "page", "--"].as_slice(), parts].concat();
    process::live(&mut cargo::cargo(project, &arguments))
}
