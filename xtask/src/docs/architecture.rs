//! The drawings of ARCHITECTURE.md name the modules that there are.

use crate::project::Project;
use std::collections::BTreeSet;
use std::fs;

/// The modules that the drawing of this folder names: the first words of its indented lines.
fn drawn(folder: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(Project::here().root().join("ARCHITECTURE.md")).unwrap();
    let (_, drawing) = page.split_once(&format!("```\n{folder}/\n")).unwrap();
    let (drawing, _) = drawing.split_once("```").unwrap();
    drawing.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The modules of the folder's `lib.rs`.
fn declared(folder: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(Project::here().root().join(folder).join("lib.rs")).unwrap();
    let names = source.lines().filter_map(|line| line.strip_suffix(';')?.rsplit_once("mod "));
    names.map(|(_, name)| name.to_owned()).collect()
}

#[test]
fn the_drawings_name_every_module() {
    for folder in ["src", "wire/src", "collector/src"] {
        assert_eq!(drawn(folder), declared(folder), "ARCHITECTURE.md, {folder}");
    }
}

#[test]
fn the_readme_is_short() {
    let page = fs::read_to_string(Project::here().root().join("README.md")).unwrap();
    let lines = page.lines().count();
    assert!(lines <= 200, "README.md has {lines} lines: move details into docs/");
}
