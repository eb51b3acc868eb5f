//! The licences of the packages that are linked into the collector and the recorder or served by it, each text once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::project::Project;
use crate::{cargo, process};

const HEAD: &str = "\
The collector and the recorder contain the packages below, under their own licences. Where a package lets one choose,
either licence holds. The texts follow the list.
";

/// The text for the archive.
///
/// # Errors
/// Cargo does not say which packages are linked.
pub fn of(project: &Project) -> Result<String> {
    let folders = folders(project)?;
    let mut linked = BTreeSet::new();
    for arguments in [["waymark-collector", "all"], ["waymark", cargo::WASM]] {
        let [package, target] = arguments;
        let mut tree = cargo::cargo(project, &["tree", "--edges", "normal", "--prefix", "none", "--package", package]);
        let tree = process::output(tree.args(["--target", target, "--format", "{p}|{l}"]))?;
        linked.extend(tree.lines().filter(|line| !line.contains("(/")).map(|line| line.replace(" (*)", "")));
    }
    let mut list = String::new();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in &linked {
        let (package, licence) = line.split_once('|').context("cargo tree prints no licence")?;
        let package = package.replace(" (proc-macro)", "");
        list += &format!("{package}: {licence}\n");
        for text in folders.get(&package).map(|folder| licence_texts(folder)).transpose()?.unwrap_or_default() {
            texts.entry(text).or_default().insert(package.clone());
        }
    }
    // The one package of npm that is served.
    list += "uplot (npm): MIT\n";
    for text in licence_texts(&project.node_modules().join("uplot"))? {
        texts.entry(text).or_default().insert("uplot".to_owned());
    }
    let mut all = format!("{HEAD}\n{list}");
    for (text, packages) in texts {
        let packages: Vec<_> = packages.into_iter().collect();
        all += &format!("\n{}\n{}\n\n{}\n", "=".repeat(80), packages.join(", "), text.trim());
    }
    Ok(all)
}

/// The folder of each package, by its name and version as `cargo tree` writes them.
fn folders(project: &Project) -> Result<BTreeMap<String, PathBuf>> {
    let metadata = process::output(&mut cargo::cargo(project, &["metadata", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo lists no packages")?;
    let folder = |package: &Value| {
        let name = format!("{} v{}", package["name"].as_str()?, package["version"].as_str()?);
        Some((name, Path::new(package["manifest_path"].as_str()?).parent()?.to_owned()))
    };
    Ok(packages.iter().filter_map(folder).collect())
}

/// The texts of a package's licences.
fn licence_texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        let is_licence =
            ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|one| name.starts_with(one));
        if is_licence && path.is_file() {
            texts.push(String::from_utf8_lossy(&fs::read(&path)?).into_owned());
        }
    }
    Ok(texts)
}
