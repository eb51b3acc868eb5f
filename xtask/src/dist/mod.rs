//! `cargo xtask dist`: one archive to install Waymark from without building it: collector, recorder, what a service
//! needs, and licences. `deploy/` has the texts.

mod check;
mod licences;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

pub use check::check;

use crate::project::Project;
use crate::{build, cargo, process};

/// The version of all of it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How the collector in the archive is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Release,
    /// For the test, which need not wait for a release build.
    Debug,
}

pub fn run(project: &Project) -> Result<()> {
    build::run(project)?;
    println!("building the collector (some minutes the first time)");
    let archive = archive(project, Profile::Release)?;
    println!("{}: {} bytes", project.short(&archive), fs::metadata(&archive)?.len());
    Ok(())
}

/// Writes the archive into `target/archive`, of a recorder that is built.
fn archive(project: &Project, profile: Profile) -> Result<PathBuf> {
    let program = collector(project, profile)?;
    let name = format!("waymark-{VERSION}-{}", host()?);
    let to = project.target().join("archive");
    let folder = to.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    copy(&program, &folder.join("waymark-collector"))?;
    copy_all(&project.dist(), &folder.join("recorder"))?;
    copy_all(&project.root().join("deploy"), &folder)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&project.root().join(licence), &folder.join(licence))?;
    }
    fs::write(folder.join("THIRD-PARTY.txt"), licences::of(project)?)?;
    let archive = to.join(format!("{name}.tar.gz"));
    // Owners and times of this machine say nothing about the files.
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "-czf"]).arg(&archive);
    process::quiet(tar.arg("-C").arg(&to).arg(&name))?;
    Ok(archive)
}

/// Builds the collector.
fn collector(project: &Project, profile: Profile) -> Result<PathBuf> {
    let mut command = cargo::cargo(project, &["build", "--quiet", "--package", "waymark-collector"]);
    if profile == Profile::Release {
        command.args(["--release", "--config", "profile.release.strip=true"]);
    }
    process::live(&mut command)?;
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    Ok(project.target().join(folder).join("waymark-collector"))
}

/// The triple of this machine.
fn host() -> Result<String> {
    let about = process::output(Command::new("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say its host")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("could not copy {}", from.display()))?;
    Ok(())
}

/// Copies a folder with what is in it.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let entries = fs::read_dir(from).with_context(|| format!("could not read {}", from.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name() else { bail!("{} has no name", path.display()) };
        match path.is_dir() {
            true => copy_all(&path, &to.join(name))?,
            false => copy(&path, &to.join(name))?,
        }
    }
    Ok(())
}
