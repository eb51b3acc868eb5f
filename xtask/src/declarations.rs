//! The TypeScript declarations of what pages call: wasm-bindgen writes them from the recorder's source.
//! `www/waymark.d.ts` is the snapshot of them that is reviewed and published.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;

const HEAD: &str = "\
// What a page can call: written from src/browser/api.rs and src/browser/types.rs by `cargo xtask build`.
";

/// What follows is about the wasm, which no page touches.
const END: &str = "export type InitInput";

fn built(project: &Project) -> PathBuf {
    project.dist().join("waymark.d.ts")
}

fn snapshot(project: &Project) -> PathBuf {
    project.www().join("waymark.d.ts")
}

/// Writes what the build says to `target/dist`.
pub fn write(project: &Project) -> Result<()> {
    let bound = project.bindgen().join("waymark.d.ts");
    let bound = fs::read_to_string(&bound).with_context(|| format!("could not read {}", project.short(&bound)))?;
    fs::create_dir_all(project.dist())?;
    Ok(fs::write(built(project), declarations(&bound)?)?)
}

/// The part that is about the page's calls.
fn declarations(bound: &str) -> Result<String> {
    let Some((calls, _)) = bound.split_once(END) else {
        bail!("wasm-bindgen's declarations do not say `{END}`");
    };
    let lines = calls.lines().filter(|line| !line.contains("eslint-disable") && !line.contains("tslint:disable"));
    let lines: Vec<&str> = lines.map(str::trim_end).collect();
    Ok(format!("{HEAD}{}\n", lines.join("\n").trim_end()))
}

/// Whether the snapshot is what the last build says.
pub fn check(project: &Project) -> Result<()> {
    let (built, snapshot) = (built(project), snapshot(project));
    let read = |path: &PathBuf| fs::read_to_string(path).with_context(|| format!("no {}", project.short(path)));
    if read(&built)? != read(&snapshot)? {
        bail!(
            "{1} is not what the build says: look at `diff {1} {0}`, then `cp {0} {1}`",
            project.short(&built),
            project.short(&snapshot)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_pages_call_is_declared() {
        let bound = "/* tslint:disable */\n/* eslint-disable */\n\nexport type A = 1;\n \n\nexport function a(): A;\n\n\
                     export type InitInput = RequestInfo;\nexport interface InitOutput {}\n";
        assert_eq!(declarations(bound).unwrap(), format!("{HEAD}\nexport type A = 1;\n\n\nexport function a(): A;\n"));
    }

    #[test]
    fn declarations_of_another_form_are_refused() {
        assert!(declarations("export function a(): void;").is_err());
    }

    /// What the last build wrote, where there was one since the snapshot changed: after a pull an older build says
    /// nothing.
    #[test]
    fn the_snapshot_is_what_the_build_says() {
        let project = Project::here();
        let changed = |path: PathBuf| fs::metadata(path).and_then(|file| file.modified());
        if changed(built(&project)).is_ok_and(|built| built >= changed(snapshot(&project)).unwrap()) {
            check(&project).unwrap();
        }
    }
}
