//! `waymark-collector share`: makes, lists and revokes shared links in a store's file.

use super::store::{CommandError, failed, file};
use crate::config::Config;
use crate::error::ParameterError;
use crate::http::endpoints::insights::new_share::NewShare;
use crate::sites::known;
use crate::store::{Day, KeepShares, ReadEvents, SHARES, Sqlite};
use crate::time::clock::now;

/// Why a command about links failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShareError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    #[error("the site `{0}` has {SHARES} shared links: revoke one")]
    Full(String),
    #[error("no link has the ID `{0}`; `waymark-collector share list` has all")]
    Unknown(String),
}

/// Makes a link. Returns the lines with its ID and token.
pub(crate) fn add(config: &Config, new: NewShare) -> Result<Vec<String>, ShareError> {
    let file = file(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    let configured = config.sites.iter().map(|site| site.key.clone()).collect();
    known::check(&new.site, configured, store.sites().map_err(failed(file))?).map_err(CommandError::from)?;
    let (share, token) = new.make(now())?;
    if !store.add_share(&share).map_err(failed(file))? {
        return Err(ShareError::Full(share.site));
    }
    Ok(vec![format!("link {} opens until {}, with the token", share.id, Day::of(share.expires)), token])
}

/// A line for each link.
pub(crate) fn list(config: &Config) -> Result<Vec<String>, ShareError> {
    let file = file(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    let line = |share: crate::store::Share| {
        let used = share.used.map_or_else(|| "never used".to_owned(), |used| format!("used {}", Day::of(used)));
        let until = Day::of(share.expires);
        let query = if share.query.is_empty() { String::new() } else { format!("?{}", share.query.escape_debug()) };
        format!("{} {} {}{query} until {until}, {used} {}", share.id, share.site, share.view, share.name)
            .trim_end()
            .to_owned()
    };
    Ok(store.shares(None).map_err(failed(file))?.into_iter().map(line).collect())
}

/// Ends a link.
pub(crate) fn revoke(config: &Config, id: &str) -> Result<String, ShareError> {
    let file = file(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    match store.revoke_share(id).map_err(failed(file))? {
        true => Ok(format!("link {id} is revoked")),
        false => Err(ShareError::Unknown(id.to_owned())),
    }
}
