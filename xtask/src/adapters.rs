//! The adapters for the tours of other libraries: one file each for a site to copy, and the pages of their tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::project::Project;
use crate::{npm, process, stamp};

/// The adapters under `www/adapters`, which share `play.js`.
pub const ADAPTERS: [&str; 8] = ["driver", "events", "intro", "joyride", "reactour", "shepherd", "survey", "tasks"];
/// The pages of their tests under `tests/pages/tours`: one for each library and version.
const PAGES: [&str; 8] = ["driver", "intro", "intro7", "joyride", "joyride2", "reactour", "shepherd", "survey"];

/// Writes each adapter as one file without imports, and its declarations, into `target/dist/adapters`.
pub fn bundle(project: &Project) -> Result<()> {
    let folder = project.dist().join("adapters");
    let sources = scripts(project, "www/adapters")?;
    esbuild(project, "adapters", "www/adapters", &ADAPTERS, folder.clone(), sources)?;
    for name in ADAPTERS.iter().chain(&["play"]) {
        let name = format!("{name}.d.ts");
        let from = project.www().join("adapters").join(&name);
        std::fs::copy(&from, folder.join(&name)).with_context(|| format!("could not copy {}", project.short(&from)))?;
    }
    Ok(())
}

/// Writes each library of the tests with its page's script, into `target/pages/tours`. Only the tests serve that
/// folder, because the licences of some of these libraries set conditions for everyone who serves them.
pub fn bundle_tests(project: &Project) -> Result<()> {
    let folders = ["www/adapters", "tests/pages/tours", "tests/pages/tours/stage"];
    let sources = folders.map(|folder| scripts(project, folder)).into_iter().collect::<Result<Vec<_>>>()?.concat();
    esbuild(project, "tours", "tests/pages/tours", &PAGES, project.target().join("pages").join("tours"), sources)
}

/// One script for each name, with all that it imports.
fn esbuild(
    project: &Project,
    step: &str,
    folder: &str,
    names: &[&str],
    to: PathBuf,
    mut inputs: Vec<PathBuf>,
) -> Result<()> {
    // React's build for development, whose StrictMode mounts everything twice.
    const FLAGS: [&str; 4] =
        ["--bundle", "--format=esm", "--log-level=warning", "--define:process.env.NODE_ENV=\"development\""];
    inputs.push(project.root().join("package-lock.json"));
    let outputs: Vec<PathBuf> = names.iter().map(|name| to.join(format!("{name}.js"))).collect();
    stamp::unless_fresh(project, step, &inputs, &FLAGS.concat(), &outputs, || {
        let mut command = Command::new(npm::program(project, "esbuild")?);
        command.current_dir(project.root()).args(names.iter().map(|name| format!("{folder}/{name}.js")));
        process::quiet(command.args(FLAGS).arg(format!("--outdir={}", to.display())))
    })
}

/// The scripts of a folder, in order.
fn scripts(project: &Project, folder: &str) -> Result<Vec<PathBuf>> {
    let folder = project.root().join(folder);
    let entries = std::fs::read_dir(&folder).with_context(|| format!("could not read {}", project.short(&folder)))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    paths.sort();
    Ok(paths)
}
