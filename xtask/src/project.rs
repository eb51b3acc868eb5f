//! Where things are.

use std::path::{Path, PathBuf};

/// The checkout that this xtask belongs to.
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The environment variable with the folder of the package xtask.
    pub const VARIABLE: &str = "CARGO_MANIFEST_DIR";

    /// The checkout in this folder.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub fn here() -> Self {
        // Cargo names the package at run time too: a checkout that was moved after the build is still found.
        let package = std::env::var_os(Self::VARIABLE).map(PathBuf::from);
        let package = package.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        Self { root: package.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf) }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// What wasm-bindgen, wasm-opt and esbuild make on the way.
    pub fn bindgen(&self) -> PathBuf {
        self.target().join("bindgen")
    }

    /// What host pages load.
    pub fn dist(&self) -> PathBuf {
        self.target().join("dist")
    }

    /// What the demo site serves beside `www`.
    pub fn site(&self) -> PathBuf {
        self.target().join("site")
    }

    pub fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    pub fn node_modules(&self) -> PathBuf {
        self.root.join("node_modules")
    }

    /// Programs that cargo installed for the tests.
    pub fn tools(&self) -> PathBuf {
        self.target().join("tools")
    }

    /// `path` as a person in the project's root would write it.
    pub fn short(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}
