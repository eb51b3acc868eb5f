//! No file of a crate imports a file that imports it, neither directly nor through others.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod graph;
mod module;

use self::graph::{Imports, circles};
use self::module::Crate;
use std::collections::HashMap;
use std::path::Path;

/// The roots of all crates of the workspace.
const ROOTS: [&str; 7] = [
    "collector/src/lib.rs",
    "collector/src/main.rs",
    "src/lib.rs",
    "tests/clickhouse-door/src/main.rs",
    "tests/support/src/lib.rs",
    "wire/src/lib.rs",
    "xtask/src/main.rs",
];

/// The rooms of the collector, the highest first: files and folders of `collector/src`.
const LAYERS: [&str; 22] = [
    "lib",
    "cli",
    "land",
    "server",
    "net",
    "http",
    "jobs",
    "app",
    "micro",
    "demo_month",
    "ingest",
    "insights",
    "sinks",
    "kafka",
    "sites",
    "telemetry",
    "client",
    "assets",
    "store",
    "error",
    "config",
    "time",
];

/// Which files each file of a crate imports.
fn imports(root: &str) -> Imports {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Crate::read(Path::new(root), &|file| std::fs::read_to_string(workspace.join(file)).ok()).imports()
}

#[test]
fn no_file_imports_a_file_that_imports_it() {
    let found: Vec<_> = ROOTS.iter().flat_map(|root| circles(&imports(root))).collect();
    assert!(found.is_empty(), "these imports are parts of circles:\n{}", found.join("\n"));
}

#[test]
fn a_room_of_the_collector_imports_only_rooms_below_it() {
    let layer = |file: &Path| {
        let room = file.strip_prefix("collector/src").unwrap().iter().next().unwrap().to_str().unwrap();
        let room = room.trim_end_matches(".rs");
        LAYERS.iter().position(|layer| *layer == room).unwrap_or_else(|| panic!("{room} is not in LAYERS"))
    };
    for (file, others) in imports("collector/src/lib.rs") {
        for other in others {
            assert!(layer(&file) <= layer(&other), "{} imports {}", file.display(), other.display());
        }
    }
}

/// The circles of a made-up crate.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files: HashMap<_, _> = files.iter().map(|(name, text)| (Path::new(*name), (*text).to_owned())).collect();
    circles(&Crate::read(Path::new("lib.rs"), &|file| files.get(file).cloned()).imports())
}

#[test]
fn a_circle_is_found_through_other_files() {
    let lib = ("lib.rs", "mod a; mod b; mod c;");
    let (a, b) = (("a.rs", "use crate::b::{self, B};"), ("b/mod.rs", "mod d; pub(crate) use d::B;"));
    let open = [lib, a, b, ("b/d.rs", "use crate::c::C;"), ("c.rs", "pub struct C;")];
    assert_eq!(circles_of(&open), Vec::<String>::new());
    let closed = [lib, a, b, ("b/d.rs", "use crate::c::C;"), ("c.rs", "pub struct C(crate::a::A);")];
    assert_eq!(circles_of(&closed), ["a.rs -> b/d.rs", "b/d.rs -> c.rs", "c.rs -> a.rs"]);
}

#[test]
fn a_folder_may_pass_names_on_but_not_use_what_uses_it() {
    let child = ("a/b.rs", "use super::{A, Other}; pub struct B(A);");
    let passes = [("lib.rs", "mod a;"), ("a/mod.rs", "mod b; pub use b::B; pub struct A;"), child];
    assert_eq!(circles_of(&passes), Vec::<String>::new());
    for text in ["mod b; pub use b::B; pub struct A(B);", "mod b; pub struct A; fn a() { b::make(); }"] {
        let uses = [("lib.rs", "mod a;"), ("a/mod.rs", text), child];
        assert_eq!(circles_of(&uses), ["a/b.rs -> a/mod.rs", "a/mod.rs -> a/b.rs"], "{text}");
    }
}

#[test]
fn what_only_tests_import_makes_no_circle() {
    let test = "#[cfg(test)] mod tests { use super::*; use crate::a::A; } pub struct B;";
    let files = [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::B; pub struct A;"), ("b.rs", test)];
    assert_eq!(circles_of(&files), Vec::<String>::new());
}
