//! Skips a step whose inputs are those of its last run: a hash of them lies beside what the step made.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::project::Project;

/// Makes `outputs` from `inputs` and `flags` (everything else that decides what comes out), unless they are made already.
pub fn unless_fresh(
    project: &Project,
    step: &str,
    inputs: &[PathBuf],
    flags: &str,
    outputs: &[PathBuf],
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stamp = project.target().join("stamps").join(step);
    let hash = hash(inputs, flags)?;
    if outputs.iter().all(|path| path.is_file()) && read(&stamp) == hash {
        return Ok(());
    }
    // A step that ends half-way leaves no stamp.
    write(&stamp, "")?;
    make().with_context(|| format!("the step `{step}` failed"))?;
    write(&stamp, &hash)
}

fn hash(inputs: &[PathBuf], flags: &str) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    flags.hash(&mut hasher);
    for path in inputs {
        let bytes = std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        bytes.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn read(stamp: &Path) -> String {
    std::fs::read_to_string(stamp).unwrap_or_default()
}

fn write(stamp: &Path, text: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(stamp, text).with_context(|| format!("could not write {}", stamp.display()))
}
