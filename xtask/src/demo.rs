//! `cargo xtask demo`: a collector and a demo site on this machine, in the foreground; Ctrl-C ends both.

use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::{build, cargo, foreground, process};

pub fn run(project: &Project) -> Result<()> {
    build::run(project)?;
    println!("building the collector (some minutes the first time)");
    process::live(&mut cargo::cargo(project, &["build", "--release", "--package", "waymark-collector"]))?;

    let mut collector = Command::new(project.target().join("release").join("waymark-collector"));
    collector.arg("demo").current_dir(project.root());
    collector.args(["--assets", "target/dist", "--pages", "www", "--pages", "target/site"]);
    foreground::become_program(&mut collector)
}
