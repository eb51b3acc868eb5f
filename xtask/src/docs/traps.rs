//! `tests/traps.md` names a test for each trap of level 2.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::project::Project;

const TRAPS: usize = 55;

/// The names of the functions in a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names =
                text.split("fn ").skip(1).filter_map(|after| after.split_once('(')).map(|(name, _)| name.to_owned());
            found.extend(names);
        }
    }
}

#[test]
fn each_trap_has_a_test_that_is_there() {
    let root = Project::here().root().to_owned();
    let mut known = BTreeSet::new();
    for folder in ["src/capture", "tests/browser", "tests/recorder", "tests/pages"] {
        functions(&root.join(folder), &mut known);
    }
    let table = fs::read_to_string(root.join("tests/traps.md")).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| T")).collect();
    assert_eq!(rows.len(), TRAPS);
    for (row, number) in rows.iter().zip(1..) {
        assert!(row.starts_with(&format!("| T{number} | ")), "{row}");
        let tests: Vec<&str> = row.rsplit('|').nth(1).unwrap().split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{row}");
        let missing: Vec<_> = tests.into_iter().filter(|test| !known.contains(*test)).collect();
        assert!(missing.is_empty(), "T{number}: {missing:?}");
    }
}
