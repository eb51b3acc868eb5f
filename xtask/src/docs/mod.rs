//! `cargo xtask docs`: writes the pages that are generated from tables in the source: `docs/data-dictionary.md` from
//! the table of levels in `wire`, `docs/outcomes.md` from the outcomes of calls. Tests hold that the committed files
//! are what the tables say, and that `docs/configuration.md` has every setting with the defaults of
//! `wire/src/settings/`.

#[cfg(test)]
mod architecture;
mod dictionary;
#[cfg(test)]
mod links;
#[cfg(test)]
mod lists;
mod markdown;
mod outcomes;
#[cfg(test)]
mod settings_type;
#[cfg(test)]
mod traps;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::project::Project;

pub fn run(project: &Project) -> Result<()> {
    write(project, dictionary::path(project), dictionary::page())?;
    write(project, outcomes::path(project), outcomes::page())
}

fn write(project: &Project, path: PathBuf, page: String) -> Result<()> {
    fs::write(&path, page).with_context(|| format!("could not write {}", path.display()))?;
    println!("wrote {}", project.short(&path));
    Ok(())
}
