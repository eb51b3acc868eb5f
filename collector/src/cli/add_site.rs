//! `waymark-collector site add`: appends a site with a new key to the configuration file and returns the snippet for
//! its pages. Nothing else in the file changes.

use crate::config::{Account, Config, ConfigError, Region, Warning};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The site to add.
#[derive(Clone, Debug, Default)]
pub struct NewSite {
    /// Account ID. Default: the only account in the file, or a new one.
    pub account: Option<String>,
    /// Origins of its pages.
    pub origins: Vec<String>,
    /// Display name.
    pub name: Option<String>,
    /// Whether the snippet loads only the build of the recorder that `assets` has.
    pub is_pinned: bool,
}

/// The added site.
pub struct Added {
    /// The site's key.
    pub key: String,
    /// The site's account.
    pub account: String,
    /// Snippet for its pages.
    pub snippet: String,
    /// URL of the collector in the snippet.
    pub collector: String,
    /// Whether the configuration has this URL.
    pub is_public: bool,
    /// Whether the file is new.
    pub is_new: bool,
    /// Warnings about the configuration.
    pub warnings: Vec<Warning>,
}

/// Why no site was added.
#[derive(Debug, thiserror::Error)]
pub enum AddSiteError {
    /// The file is invalid, or would become so.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The account is ambiguous or unknown.
    #[error("{0}")]
    Account(String),
    /// There is no build to pin.
    #[error("--pinned needs a build of the recorder in `assets`: {0}")]
    NoBuild(String),
    /// The file cannot be written.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// The snippet, if `assets` has no `snippet.js`.
const SNIPPET: &str = include_str!("../../../www/snippet.js");

/// The snippet of one build, with its hash.
const PINNED: &str = "snippet-pinned.js";

/// Placeholder of the collector's URL in the snippet.
const COLLECTOR: &str = "https://collect.example.com";

/// Adds the site to `file`; `variable` is the environment.
///
/// # Errors
/// [`AddSiteError`]: the file is unchanged.
pub fn add(file: &Path, new: &NewSite, variable: impl Fn(&str) -> Option<String>) -> Result<Added, AddSiteError> {
    let failed = |error| AddSiteError::File { file: file.to_owned(), error };
    let (text, is_new) = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (String::new(), true),
        read => (read.map_err(failed)?, false),
    };
    let (site, mut added) = prepare(&text, file, new, &variable)?;
    added.is_new = is_new;
    let mut end = std::fs::OpenOptions::new().append(true).create(true).open(file).map_err(failed)?;
    end.write_all(site.as_bytes()).and_then(|()| end.sync_all()).map_err(failed)?;
    Ok(added)
}

/// The text to append to `text` for the site, and the site. Writes nothing.
pub(super) fn prepare(
    text: &str,
    file: &Path,
    new: &NewSite,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(String, Added), AddSiteError> {
    let config = Config::read(text, file.display(), &variable)?;
    let mut added = if text.is_empty() || text.ends_with('\n') { String::new() } else { "\n".to_owned() };
    let account = account(&config, new.account.as_deref(), &mut added)?;
    let key: String = Uuid::new_v4().simple().to_string().chars().take(20).collect();
    let mut site = format!("\n[[sites]]\nkey = {}\naccount = {}\n", quoted(&key), quoted(&account));
    if let Some(name) = &new.name {
        let _ = writeln!(site, "name = {}", quoted(name));
    }
    let origins: Vec<_> = new.origins.iter().map(|origin| quoted(origin)).collect();
    let _ = writeln!(site, "origins = [{}]", origins.join(", "));
    added.push_str(&site);
    // Checks the file as it will be.
    let subject = format!("{} with the new site", file.display());
    let warnings = Config::read(&format!("{text}{added}"), subject, &variable)?.warnings();
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let collector = config.public_url().map_or_else(|| format!("{scheme}://{}", config.listen), str::to_owned);
    let region = config.region_of(&account);
    let snippet = snippet(&script(&config, new.is_pinned)?, &key, &collector, region);
    let is_public = config.public_url().is_some();
    Ok((added, Added { key, account, snippet, collector, is_public, is_new: false, warnings }))
}

/// The site's account. If the file has no account but a region, an account is written before the site.
fn account(config: &Config, said: Option<&str>, added: &mut String) -> Result<String, AddSiteError> {
    let known: Vec<_> = config.accounts.iter().map(|Account { id, .. }| id.as_str()).collect();
    let listed = known.join(", ");
    match (said, known.as_slice()) {
        (Some(id), []) => Ok(id.to_owned()),
        (Some(id), known) if known.contains(&id) => Ok(id.to_owned()),
        (Some(id), _) => Err(AddSiteError::Account(format!("`{id}` is none of [[accounts]]: {listed}"))),
        (None, [only]) => Ok((*only).to_owned()),
        (None, []) => {
            let id =
                config.sites.first().map_or_else(|| Uuid::new_v4().simple().to_string(), |site| site.account.clone());
            if config.sites.iter().any(|site| site.account != id) {
                return Err(AddSiteError::Account(
                    "the file has sites of several accounts: name one by --account".to_owned(),
                ));
            }
            if let (true, Some(region)) = (config.sites.is_empty(), config.region) {
                let _ = write!(added, "\n[[accounts]]\nid = {}\nregion = {}\n", quoted(&id), quoted(region.as_str()));
            }
            Ok(id)
        }
        (None, _) => Err(AddSiteError::Account(format!("name one of the accounts by --account: {listed}"))),
    }
}

/// A TOML string. JSON's escapes are valid in TOML.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// The script that stands in pages.
fn script(config: &Config, is_pinned: bool) -> Result<String, AddSiteError> {
    let assets = config.assets.as_deref();
    if is_pinned {
        let dir = assets.ok_or_else(|| AddSiteError::NoBuild("it is not set".to_owned()))?;
        let file = dir.join(PINNED);
        let failed = |error| AddSiteError::NoBuild(format!("{}: {error}", file.display()));
        return std::fs::read_to_string(&file).map_err(failed);
    }
    let built = assets.and_then(|dir| std::fs::read_to_string(dir.join("snippet.js")).ok());
    Ok(built.unwrap_or_else(|| {
        SNIPPET
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .fold(String::new(), |script, line| script + line + "\n")
    }))
}

fn snippet(script: &str, key: &str, collector: &str, region: Option<Region>) -> String {
    let script = script.replace(COLLECTOR, collector);
    // The recorder then sends nothing to a collector of another data centre.
    let region = region.map(|region| format!(", region: '{}'", region.as_str())).unwrap_or_default();
    format!(
        "<script>\n{}\nwaymark('init', {{ site: '{key}', collector: '{collector}'{region} }});\n</script>\n",
        script.trim_end()
    )
}
