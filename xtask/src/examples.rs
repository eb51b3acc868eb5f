//! `cargo xtask examples`: builds the examples with the package's tarball, as sites would; the whole-system tests open
//! them. Their libraries, and the programs that judge the package, have a lock file of their own: nothing else needs
//! them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::adapters::ADAPTERS;
use crate::project::Project;
use crate::{npm, process, stamp, tarball};

/// The script `build` of each, and what tells a build that is done.
const BUILT: [(&str, &str); 3] = [("react", "dist/index.html"), ("vue", "dist/index.html"), ("next", ".next/BUILD_ID")];

pub fn run(project: &Project) -> Result<()> {
    let tarball = tarball::pack(project)?;
    install(project, &tarball)?;
    judge(project, &tarball)?;
    build(project, &tarball)
}

fn folder(project: &Project) -> PathBuf {
    project.root().join("examples")
}

/// Installs what the lock file names, the tarball among it: its entry has no hash, because each build is another.
fn install(project: &Project, tarball: &Path) -> Result<()> {
    let folder = folder(project);
    let inputs = [folder.join("package-lock.json"), tarball.to_owned()];
    let outputs = [folder.join("node_modules/.package-lock.json")];
    stamp::unless_fresh(project, "examples-install", &inputs, "", &outputs, || {
        println!("  npm ci (half a minute)");
        process::quiet(npm::npm()?.args(["ci", "--prefer-offline"]).current_dir(&folder))
    })
    .context("npm could not install what examples/package-lock.json names")
}

/// Whether the tarball is what tools and bundlers expect. It has ES modules only.
fn judge(project: &Project, tarball: &Path) -> Result<()> {
    let program = |name: &str| Command::new(folder(project).join("node_modules/.bin").join(name));
    stamp::unless_fresh(project, "examples-judge", &[tarball.to_owned()], "", &[], || {
        process::quiet(program("publint").args(["run", "--strict"]).arg(tarball))?;
        // It looks at no wildcard by itself.
        let adapters = ADAPTERS.map(|name| format!("adapters/{name}"));
        let mut attw = program("attw");
        attw.args(["--profile", "esm-only", "--no-color", "--include-entrypoints"]).args(adapters).arg("--");
        process::quiet(attw.arg(tarball))
    })
}

fn build(project: &Project, tarball: &Path) -> Result<()> {
    let folder = folder(project);
    let run = |example: &str, script: &str, arguments: &[&str]| -> Result<Command> {
        let mut npm = npm::npm()?;
        npm.args(["run", script, "--silent", "--workspace", example, "--"]).args(arguments).current_dir(&folder);
        npm.env("NEXT_TELEMETRY_DISABLED", "1");
        Ok(npm)
    };
    for (example, output) in BUILT {
        let mut inputs = sources(&folder.join(example))?;
        inputs.extend([tarball.to_owned(), folder.join("package-lock.json")]);
        let output = folder.join(example).join(output);
        stamp::unless_fresh(project, &format!("examples-{example}"), &inputs, "", &[output], || {
            println!("  {example}");
            process::quiet(&mut run(&format!("waymark-example-{example}"), "build", &[])?)?;
            if example != "react" {
                return Ok(());
            }
            process::quiet(&mut run("waymark-example-react", "types", &[])?)?;
            // StrictMode mounts twice in React's build for development only.
            let mut development =
                run("waymark-example-react", "build", &["--mode", "development", "--outDir", "dist/dev"])?;
            process::quiet(development.env("NODE_ENV", "development"))
        })?;
    }
    Ok(())
}

/// An example's own files.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match path.is_dir() {
                true if ["node_modules", "dist", ".next"].contains(&name.as_str()) => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_lock_file_names_no_host_and_no_hash_of_the_tarball() {
        let lock = std::fs::read_to_string(folder(&Project::here()).join("package-lock.json")).unwrap();
        let lock: Value = serde_json::from_str(&lock).unwrap();
        for (name, package) in lock["packages"].as_object().unwrap() {
            let resolved = package["resolved"].as_str().unwrap_or_default();
            assert!(!resolved.contains("//"), "{name}: npm writes {resolved} without examples/.npmrc");
        }
        let tarball = &lock["packages"]["node_modules/@waymark/recorder"];
        assert!(tarball["version"].is_string());
        assert_eq!(tarball["integrity"], Value::Null, "npm install writes it: remove the line, each build is another");
    }
}
