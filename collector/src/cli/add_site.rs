//! `waymark-collector site add`: writes a site with a fresh key at the end of the configuration's file, of which nothing
//! else changes, and gives what its pages need.

use crate::config::{Account, Config, ConfigError, Region, Warning};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The site that is to be.
#[derive(Clone, Debug, Default)]
pub struct NewSite {
    /// Whose it is. Else the only account of the file, or one that is made for it.
    pub account: Option<String>,
    /// The origins of its pages.
    pub origins: Vec<String>,
    /// Its name, for people.
    pub name: Option<String>,
}

/// What was written, and what is to be done with it.
pub struct Added {
    /// The site's key.
    pub key: String,
    /// The account that it belongs to.
    pub account: String,
    /// What goes into its pages.
    pub snippet: String,
    /// Where pages will look for the collector, and whether that was made up.
    pub collector: String,
    /// Whether the configuration says so.
    pub is_public: bool,
    /// Whether there was no such file before.
    pub is_new: bool,
    /// What may keep the snippet from working.
    pub warnings: Vec<Warning>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotAdded {
    /// The file is wrong already, or would be.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It is not to be seen which account is meant.
    #[error("{0}")]
    Account(String),
    /// The file cannot be written.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// The snippet where no `snippet.js` is among the assets.
const SNIPPET: &str = include_str!("../../../www/snippet.js");

/// Stands for the collector in the snippet.
const COLLECTOR: &str = "https://collect.example.com";

/// Adds the site to `file`; `variable` is the environment.
///
/// # Errors
/// [`NotAdded`]; the file is as it was then.
pub fn add(file: &Path, new: &NewSite, variable: impl Fn(&str) -> Option<String>) -> Result<Added, NotAdded> {
    let failed = |error| NotAdded::File { file: file.to_owned(), error };
    let (text, is_new) = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (String::new(), true),
        read => (read.map_err(failed)?, false),
    };
    let config = Config::read(&text, file, &variable)?;
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
    // The whole as it will be, read by the one reader.
    let warnings = Config::read(&format!("{text}{added}"), file, &variable)?.warnings();
    let mut end = std::fs::OpenOptions::new().append(true).create(true).open(file).map_err(failed)?;
    end.write_all(added.as_bytes()).and_then(|()| end.sync_all()).map_err(failed)?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let collector = config.public_url().map_or_else(|| format!("{scheme}://{}", config.listen), str::to_owned);
    let region = config.region_of(&account);
    let snippet = snippet(&config, &key, &collector, region);
    let is_public = config.public_url().is_some();
    Ok(Added { key, account, snippet, collector, is_public, is_new, warnings })
}

/// The account that is meant. Where the file has none, one is written before the site, if the file says where it is.
fn account(config: &Config, said: Option<&str>, added: &mut String) -> Result<String, NotAdded> {
    let known: Vec<_> = config.accounts.iter().map(|Account { id, .. }| id.as_str()).collect();
    let listed = known.join(", ");
    match (said, known.as_slice()) {
        (Some(id), []) => Ok(id.to_owned()),
        (Some(id), known) if known.contains(&id) => Ok(id.to_owned()),
        (Some(id), _) => Err(NotAdded::Account(format!("`{id}` is none of [[accounts]]: {listed}"))),
        (None, [only]) => Ok((*only).to_owned()),
        (None, []) => {
            let id =
                config.sites.first().map_or_else(|| Uuid::new_v4().simple().to_string(), |site| site.account.clone());
            if config.sites.iter().any(|site| site.account != id) {
                return Err(NotAdded::Account(
                    "the file has sites of several accounts: name one by --account".to_owned(),
                ));
            }
            if let (true, Some(region)) = (config.sites.is_empty(), config.region) {
                let _ = write!(added, "\n[[accounts]]\nid = {}\nregion = {}\n", quoted(&id), quoted(region.as_str()));
            }
            Ok(id)
        }
        (None, _) => Err(NotAdded::Account(format!("name one of the accounts by --account: {listed}"))),
    }
}

/// A text as TOML has it; JSON's escapes are among TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn snippet(config: &Config, key: &str, collector: &str, region: Option<Region>) -> String {
    let built = config.assets.as_ref().and_then(|dir| std::fs::read_to_string(dir.join("snippet.js")).ok());
    let script = built.unwrap_or_else(|| {
        SNIPPET
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .fold(String::new(), |script, line| script + line + "\n")
    });
    let script = script.replace(COLLECTOR, collector);
    // The recorder then sends nothing to a collector of another data centre.
    let region = region.map(|region| format!(", region: '{}'", region.as_str())).unwrap_or_default();
    format!(
        "<script>\n{}\nwaymark('init', {{ site: '{key}', collector: '{collector}'{region} }});\n</script>\n",
        script.trim_end()
    )
}
