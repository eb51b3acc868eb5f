//! Circles among files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Which files each file imports.
pub type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The imports that are part of a circle, one line each.
pub fn circles(imports: &Imports) -> Vec<String> {
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (file, reachable(file, imports))).collect();
    let is_reached = |from: &PathBuf, to: &PathBuf| reached.get(from).is_some_and(|files| files.contains(to));
    let mut lines = Vec::new();
    for (file, others) in imports {
        for other in others.iter().filter(|other| is_reached(other, file)) {
            lines.push(format!("{} -> {}", file.display(), other.display()));
        }
    }
    lines
}

/// Every file that is imported by `file`, directly or through others.
fn reachable(file: &PathBuf, imports: &Imports) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        for other in imports.get(file).into_iter().flatten() {
            if found.insert(other.clone()) {
                next.push(other);
            }
        }
    }
    found
}
