//! `cargo xtask reproduce`: builds the same files once more, in another folder, and compares what comes out with
//! `target/dist`, byte by byte.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::{build, integrity, process};

pub fn run(project: &Project) -> Result<()> {
    build::run(project)?;
    let folder = project.target().join("reproduce");
    copy(project, &folder)?;
    println!("building once more, in {}", project.short(&folder));
    let other = Project::at(&folder);
    let git =
        process::output(Command::new("git").args(["rev-parse", "--absolute-git-dir"]).current_dir(project.root()))?;
    let program = std::env::current_exe().context("this program has no path")?;
    let mut command = Command::new(program);
    // The copy has no history of its own, and the build's name is that of the last commit.
    command.arg("build").current_dir(&folder).env("GIT_DIR", git).env(Project::VARIABLE, folder.join("xtask"));
    process::live(&mut command)?;
    let (one, two) = (integrity::hashes(&project.dist())?, integrity::hashes(&other.dist())?);
    fs::remove_dir_all(&folder).with_context(|| format!("could not remove {}", project.short(&folder)))?;
    let mut differing: Vec<_> = one.keys().chain(two.keys()).filter(|name| one.get(*name) != two.get(*name)).collect();
    differing.sort();
    differing.dedup();
    if !differing.is_empty() {
        bail!("these files of two builds differ: {differing:?}");
    }
    println!("{} files are the same in both builds", one.len());
    Ok(())
}

/// Copies the files that git knows, as they are now.
fn copy(project: &Project, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not remove {}", project.short(folder)))?;
    }
    let names = process::output(Command::new("git").args(["ls-files"]).current_dir(project.root()))?;
    for name in names.lines() {
        let (from, to) = (project.root().join(name), folder.join(name));
        // A file that was removed and not committed yet.
        if !from.is_file() {
            continue;
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&from, &to).with_context(|| format!("could not copy {name}"))?;
    }
    Ok(())
}
