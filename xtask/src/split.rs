//! Cuts the compiled recorder in two, where its source says so (`wasm_split`): the recorder, and the code of level 2,
//! which pages of level 1 never load. The two share one memory and one table of functions.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use walrus::Module;

/// The module by which the part imports what it shares with the recorder.
const SHARED: &str = "__wasm_split";

/// The recorder, which wasm-bindgen has not seen yet, and the code of level 2.
pub struct Split {
    pub recorder: PathBuf,
    pub capture: PathBuf,
}

impl Split {
    pub fn at(folder: &Path) -> Self {
        Split { recorder: folder.join("recorder.wasm"), capture: folder.join("split_capture.wasm") }
    }
}

/// Cuts `compiled` into the files of `split`. The recorder imports the loader of the part from `./part.js`.
///
/// # Errors
/// The wasm has no such part, or lacks its relocations.
pub fn split(compiled: &Path, split: &Split) -> Result<()> {
    let folder = split.recorder.parent().unwrap_or(Path::new(""));
    let input = std::fs::read(compiled)?;
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &split.recorder;
    // The build puts `www/part.js` in place of the loader that is generated.
    options.link_name = "./part.js";
    let made =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("the wasm cannot be cut: {error:#}"))?;
    ensure!(made.split_modules == [split.capture.clone()], "the wasm has other parts: {:?}", made.split_modules);
    Ok(())
}

/// What the part takes from the recorder: names of its exports.
///
/// # Errors
/// The part cannot be read.
pub fn shared(part: &Path) -> Result<Vec<String>> {
    let module = Module::from_file(part).map_err(|error| anyhow!("the part cannot be read: {error:#}"))?;
    let mut names = Vec::new();
    for import in module.imports.iter() {
        ensure!(import.module == SHARED, "the part imports {} from {}", import.name, import.module);
        names.push(import.name.clone());
    }
    Ok(names)
}
