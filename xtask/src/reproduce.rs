//! `cargo xtask reproduce`: builds the same files once more, in another folder, and compares what comes out with
//! `target/dist`, byte by byte.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::{build, integrity};

pub fn run(project: &Project) -> Result<()> {
    build::run(project)?;
    let folder = project.target().join("reproduce");
    copy(project, &folder)?;
    println!("building once more, in {}", project.short(&folder));
    let other = Project::at(&folder);
    build::run(&other)?;
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

/// What a build makes, and what it fetches.
const MADE: [&str; 3] = ["target", "node_modules", ".git"];

/// Copies the sources, as they are now.
fn copy(project: &Project, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not remove {}", project.short(folder)))?;
    }
    copy_folder(project.root(), folder)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to.join(&name))?;
        } else {
            fs::copy(entry.path(), to.join(&name)).with_context(|| format!("could not copy {}", name.display()))?;
        }
    }
    Ok(())
}
