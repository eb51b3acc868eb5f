//! Admission checks for requests that write: site key, origin, data centre, and rates. They run before the body is read
//! where the URL names the site, and after it otherwise.

use crate::app::AppState;
use crate::client::address::ClientAddress;
use crate::config::Site;
use crate::error::Rejection;
use crate::http::body;
use crate::http::response::failed;
use crate::sites::active_config::ActiveConfig;
use crate::sites::known;
use crate::sites::registry::RegisteredSite;
use crate::store::blocking::reading;
use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, header};
use serde::Deserialize;

/// `?site=KEY` of an address that takes a body.
#[derive(Deserialize)]
pub(crate) struct SiteQuery {
    site: Option<String>,
}

/// What the checks of a request need.
pub(crate) struct Admission<'r> {
    pub(crate) state: &'r AppState,
    pub(crate) config: &'r ActiveConfig,
    pub(crate) headers: &'r HeaderMap,
}

impl<'r> Admission<'r> {
    /// Checks before the body is read. Returns the site, if the URL names one, and the body.
    pub(crate) fn check_headers(
        &self,
        client: ClientAddress,
        query: Result<Query<SiteQuery>, QueryRejection>,
        body: Body,
    ) -> Result<(Option<&'r RegisteredSite>, Body), Rejection> {
        let query = self.query(client, query).and_then(|key| key.map(|key| self.admit(&key)).transpose());
        self.or_discard(query, body)
    }

    /// Checks of a signed request before the body is read: only the data centre. Returns the site key, if the URL has
    /// one, and the body.
    pub(crate) fn check_signed_headers(
        &self,
        client: ClientAddress,
        query: Result<Query<SiteQuery>, QueryRejection>,
        body: Body,
    ) -> Result<(Option<String>, Body), Rejection> {
        let here = |key: Option<String>| match key.as_deref().map(|key| self.config.sites.find(key)) {
            Some(Ok(known)) => known.check_region().map(|()| key),
            _ => Ok(key),
        };
        self.or_discard(self.query(client, query).and_then(here), body)
    }

    fn or_discard<T>(&self, checked: Result<T, Rejection>, body: Body) -> Result<(T, Body), Rejection> {
        match checked {
            Ok(checked) => Ok((checked, body)),
            Err(rejection) => {
                body::discard(body, &self.config.limits);
                Err(rejection)
            }
        }
    }

    fn query(
        &self,
        client: ClientAddress,
        query: Result<Query<SiteQuery>, QueryRejection>,
    ) -> Result<Option<String>, Rejection> {
        self.state.rate_limiter.check_address(&self.config.limits, client)?;
        let Query(query) = query.map_err(|error| Rejection::InvalidParameter(error.to_string()))?;
        Ok(query.site)
    }

    /// The site that the body names. It must be the one in the URL.
    pub(crate) fn check_body(
        &self,
        site: Option<&'r RegisteredSite>,
        key: &str,
    ) -> Result<&'r RegisteredSite, Rejection> {
        match site {
            None => self.admit(key),
            Some(known) if known.site.key == key => Ok(known),
            Some(_) => Err(Rejection::SiteMismatch),
        }
    }

    /// The site whose server signed the user. A refusal does not reveal whether site or user exist. A page must have
    /// one of the site's origins; the site's server sends no origin.
    pub(crate) fn check_signature(
        &self,
        key: &str,
        user: &str,
        signature: &str,
    ) -> Result<&'r RegisteredSite, Rejection> {
        let known = self.config.sites.signed(key, user, signature)?;
        if self.headers.contains_key(header::ORIGIN) {
            origin(&known.site, self.headers)?;
        }
        self.state.rate_limiter.check_site(&self.config.limits, key)?;
        Ok(known)
    }

    fn admit(&self, key: &str) -> Result<&'r RegisteredSite, Rejection> {
        let known = self.config.sites.find(key)?;
        origin(&known.site, self.headers)?;
        known.check_region()?;
        // Behind the origin: pages elsewhere cannot use up what the site's own may send.
        self.state.rate_limiter.check_site(&self.config.limits, key)?;
        Ok(known)
    }
}

fn origin(site: &Site, headers: &HeaderMap) -> Result<(), Rejection> {
    if site.origins.is_empty() {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match origin {
        Some(origin) if site.takes(&origin) => Ok(()),
        origin => Err(Rejection::OriginNotAllowed {
            origin: origin.map_or_else(|| "a sender without an origin".to_owned(), |origin| origin.into_owned()),
            site: site.key.clone(),
        }),
    }
}

/// Checks the site key in a request for stored data.
pub(crate) async fn known_site(state: &AppState, key: Option<&str>) -> Result<(), Rejection> {
    let Some(key) = key else { return Ok(()) };
    let configured = state.config.get().sites.keys();
    if configured.iter().any(|known| known == key) {
        return Ok(());
    }
    let stored = reading(&state.store, |store| store.sites()).await.map_err(failed)?;
    known::check(key, configured, stored).map_err(|unknown| Rejection::UnknownSiteParameter(unknown.to_string()))
}
