//! `cargo xtask pack`: the npm package `@waymark/recorder`, as the tarball that npm would publish. The package is what
//! stands under `www/npm`, with the files beside that folder that it uses, and the adapters.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::{npm, process};

/// Beside `www/npm`: the stub that the snippet and the loader have too, and the types of the commands.
const SHARED: [&str; 2] = ["www/stub.js", "www/waymark.d.ts"];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

pub fn run(project: &Project) -> Result<()> {
    let tarball = pack(project)?;
    println!("{}: {} bytes", project.short(&tarball), fs::metadata(&tarball)?.len());
    Ok(())
}

/// Writes the tarball into `target/npm`.
pub fn pack(project: &Project) -> Result<PathBuf> {
    let to = project.target().join("npm");
    let folder = to.join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("adapters"))?;
    copy(project, &shipped(&project.www().join("npm"))?, &folder)?;
    copy(project, &SHARED.map(|name| project.root().join(name)), &folder)?;
    copy(project, &LICENCES.map(|name| project.root().join(name)), &folder)?;
    copy(project, &shipped(&project.www().join("adapters"))?, &folder.join("adapters"))?;

    let mut npm = npm::npm()?;
    npm.args(["pack", "--silent", "--pack-destination"]).arg(&to).current_dir(&folder);
    let name = process::output(&mut npm).context("npm could not pack the package")?;
    let tarball = to.join(&name);
    if !tarball.is_file() {
        bail!("npm wrote no {name} into {}", project.short(&to));
    }
    Ok(tarball)
}

/// The files of a folder without its tests.
fn shipped(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let is_test = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains(".test.") || name.starts_with("stand-in")
    };
    paths.retain(|path| path.is_file() && !is_test(path));
    paths.sort();
    Ok(paths)
}

/// What the sources import from beside their folder is in the package's.
fn copy(project: &Project, paths: &[PathBuf], to: &Path) -> Result<()> {
    for path in paths {
        let text = fs::read_to_string(path).with_context(|| format!("could not read {}", project.short(path)))?;
        fs::write(to.join(path.file_name().unwrap_or_default()), text.replace("from '../", "from './"))?;
    }
    Ok(())
}
