//! `waymark-collector init`: writes a commented configuration file with one site.

use super::add_site::{self, AddSiteError, Added, NewSite};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Name of the file.
const FILE: &str = "collector.toml";

/// The file without its site. `{assets}` and `{token}` are filled in.
const STARTER: &str = include_str!("starter.toml");

/// What to write.
#[derive(Clone, Debug, Default)]
pub struct Starter {
    /// Folder of the file. It is created if missing.
    pub folder: PathBuf,
    /// Directory of the recorder's files.
    pub assets: Option<PathBuf>,
    /// The site.
    pub site: NewSite,
}

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The file exists.
    #[error(
        "{} exists already and was not changed. Name another folder, or add a site to it: \
         waymark-collector site add --origin ORIGIN {}",
        .0.display(), .0.display()
    )]
    Exists(PathBuf),
    /// The site is invalid.
    #[error(transparent)]
    Site(#[from] AddSiteError),
    /// The file or its folder cannot be written.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// Writes the file. Only its owner can read it, because it has the admin token. Returns its path and its site.
///
/// # Errors
/// [`InitError`]: no file was written or changed.
pub fn init(starter: &Starter, variable: impl Fn(&str) -> Option<String>) -> Result<(PathBuf, Added), InitError> {
    let file = starter.folder.join(FILE);
    if file.exists() {
        return Err(InitError::Exists(file));
    }
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => InitError::Exists(file.clone()),
        _ => InitError::File { file: file.clone(), error },
    };
    let assets = match starter.assets.clone().or_else(built_recorder) {
        // The collector may be started in another directory than this one.
        Some(dir) => {
            let dir = std::path::absolute(dir).map_err(failed)?;
            format!("assets = {}", add_site::quoted(&dir.to_string_lossy()))
        }
        None => "# assets = \"target/dist\"".to_owned(),
    };
    let token = [Uuid::new_v4(), Uuid::new_v4()].map(|half| half.simple().to_string()).concat();
    let text = STARTER.replace("{assets}", &assets).replace("{token}", &token);
    let (site, mut added) = add_site::prepare(&text, &file, &starter.site, &variable)?;
    added.is_new = true;
    std::fs::create_dir_all(&starter.folder).map_err(failed)?;
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(failed)?;
    out.write_all((text + &site).as_bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
    Ok((file, added))
}

/// What to do next, for people.
pub(crate) fn next_steps(folder: &Path, file: &Path, added: &Added) -> String {
    let Added { key, snippet, collector, .. } = added;
    let start = match folder.as_os_str().is_empty() || folder == Path::new(".") {
        true => format!("waymark-collector --config {FILE}"),
        false => format!("cd {} && waymark-collector --config {FILE}", folder.display()),
    };
    let file = file.display();
    format!(
        "{file} was written, with the site `{key}`.\n\n1. Start the collector:\n\n{start}\n\n\
         2. Paste this into the <head> of the site's pages:\n\n{snippet}\n\
         3. Open a page, then open {collector}/ to see its events. Enter the admin_token from {file}."
    )
}

/// Directory of the recorder's files, if it is there: beside this program in an archive, or where `cargo xtask build`
/// wrote it.
pub(super) fn built_recorder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let folders = [folder.join("recorder"), folder.parent()?.join("dist")];
    folders.into_iter().find(|dir| dir.join("waymark.js").is_file())
}
