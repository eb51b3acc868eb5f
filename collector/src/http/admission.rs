//! Admission checks for requests of browsers and of sites' servers: rates, site key, origin, data centre, signature.

use crate::app::{AppState, SharedState};
use crate::client::address::ClientAddress;
use crate::client::bots;
use crate::config::Site;
use crate::error::Rejection;
use crate::http::response::failed;
use crate::sites::active_config::ActiveConfig;
use crate::sites::known;
use crate::sites::registry::RegisteredSite;
use crate::store::blocking::reading;
use axum::extract::{Extension, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// A request whose address is within its rate, and what the further checks need. As an extractor it must come before
/// those that read the request further.
pub(crate) struct Admission {
    pub(crate) state: SharedState,
    /// The configuration in force when the request began.
    pub(crate) config: Arc<ActiveConfig>,
    pub(crate) client: ClientAddress,
    /// The `Origin` header.
    origin: Option<HeaderValue>,
    /// The `User-Agent` header.
    user_agent: Option<HeaderValue>,
}

impl FromRequestParts<SharedState> for Admission {
    /// A [`Rejection`], or axum's answer where no middleware found the client's address.
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, Response> {
        let client = Extension::<ClientAddress>::from_request_parts(parts, state).await;
        let Extension(client) = client.map_err(IntoResponse::into_response)?;
        let header = |name| parts.headers.get(name).cloned();
        let (config, origin, user_agent) = (state.config.get(), header(header::ORIGIN), header(header::USER_AGENT));
        state.rate_limiter.check_address(&config.limits, client).map_err(IntoResponse::into_response)?;
        Ok(Admission { state: Arc::clone(state), config, client, origin, user_agent })
    }
}

impl Admission {
    /// Whether the request's User-Agent is that of a bot.
    pub(crate) fn is_of_bot(&self) -> bool {
        self.user_agent.as_ref().is_some_and(|user_agent| bots::is_bot(&String::from_utf8_lossy(user_agent.as_bytes())))
    }

    /// The site with this key, for a request of one of its pages.
    ///
    /// # Errors
    /// No site has the key, it does not allow the origin, its data belongs elsewhere, or its rate is exceeded.
    pub(crate) fn admit_page(&self, key: &str) -> Result<&RegisteredSite, Rejection> {
        let known = self.config.sites.find(key)?;
        origin(&known.site, self.origin.as_ref())?;
        known.check_region()?;
        // Behind the origin: pages elsewhere cannot use up what the site's own may send.
        self.state.rate_limiter.check_site(&self.config.limits, key)?;
        Ok(known)
    }

    /// Checks only the data centre of the site with this key, if there is one: before the signature is checked, nothing
    /// else of the site may be revealed.
    ///
    /// # Errors
    /// The site's data belongs elsewhere.
    pub(crate) fn check_region(&self, key: &str) -> Result<(), Rejection> {
        self.config.sites.find(key).map_or(Ok(()), RegisteredSite::check_region)
    }

    /// The site whose server signed the user. A refusal does not reveal whether site or user exist. A page must have
    /// one of the site's origins; the site's server sends no origin.
    ///
    /// # Errors
    /// The user is not signed, the site does not allow the origin, its data belongs elsewhere, or its rate is exceeded.
    pub(crate) fn admit_signed(&self, key: &str, user: &str, signature: &str) -> Result<&RegisteredSite, Rejection> {
        let known = self.config.sites.signed(key, user, signature)?;
        if self.origin.is_some() {
            origin(&known.site, self.origin.as_ref())?;
        }
        self.state.rate_limiter.check_site(&self.config.limits, key)?;
        Ok(known)
    }
}

fn origin(site: &Site, origin: Option<&HeaderValue>) -> Result<(), Rejection> {
    if site.origins.is_empty() {
        return Ok(());
    }
    let origin = origin.map(|value| String::from_utf8_lossy(value.as_bytes()));
    match origin {
        Some(origin) if site.takes(&origin) => Ok(()),
        origin => Err(Rejection::OriginNotAllowed {
            origin: origin.map_or_else(|| "a sender without an origin".to_owned(), |origin| origin.into_owned()),
            site: site.key.clone(),
        }),
    }
}

/// Checks the site key in a request for stored data.
///
/// # Errors
/// The key is not configured and has no stored data, or the store failed.
pub(crate) async fn known_site(state: &AppState, key: Option<&str>) -> Result<(), Rejection> {
    let Some(key) = key else { return Ok(()) };
    let configured = state.config.get().sites.keys();
    if configured.iter().any(|known| known == key) {
        return Ok(());
    }
    let stored = reading(&state.store, |store| store.sites()).await.map_err(failed)?;
    known::check(key, configured, stored).map_err(|unknown| Rejection::UnknownSiteParameter(unknown.to_string()))
}
