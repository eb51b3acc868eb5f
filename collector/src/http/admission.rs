//! Who may send: decided before a body is read as far as the address says which site it is for, and after it else.
//! Unknown keys, foreign origins, data of another data centre, and whoever sends too fast, are turned away here.

use crate::app::State;
use crate::client::address::Sender;
use crate::config::Site;
use crate::error::Rejection;
use crate::http::body;
use crate::http::response::failed;
use crate::sites::active_config::Rules;
use crate::sites::known;
use crate::sites::registry::Known;
use crate::store::blocking::reading;
use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, header};
use serde::Deserialize;

/// `?site=KEY` of an address that takes a body.
#[derive(Deserialize)]
pub(crate) struct Asked {
    site: Option<String>,
}

/// What a request is judged by.
pub(crate) struct Door<'r> {
    pub(crate) state: &'r State,
    pub(crate) rules: &'r Rules,
    pub(crate) headers: &'r HeaderMap,
}

impl<'r> Door<'r> {
    /// What can be said before the body is read. Gives the site, where the address names one, and the body.
    pub(crate) fn before(
        &self,
        sender: Sender,
        asked: Result<Query<Asked>, QueryRejection>,
        body: Body,
    ) -> Result<(Option<&'r Known>, Body), Rejection> {
        let asked = self.asked(sender, asked).and_then(|key| key.map(|key| self.admit(&key)).transpose());
        self.unless_refused(asked, body)
    }

    /// The same of a request that must be signed: where the site's data stays is all that can be said before. Gives the
    /// site's key, where the address has one, and the body.
    pub(crate) fn before_signed(
        &self,
        sender: Sender,
        asked: Result<Query<Asked>, QueryRejection>,
        body: Body,
    ) -> Result<(Option<String>, Body), Rejection> {
        let here = |key: Option<String>| match key.as_deref().map(|key| self.rules.sites.find(key)) {
            Some(Ok(known)) => known.is_here().map(|()| key),
            _ => Ok(key),
        };
        self.unless_refused(self.asked(sender, asked).and_then(here), body)
    }

    fn unless_refused<T>(&self, asked: Result<T, Rejection>, body: Body) -> Result<(T, Body), Rejection> {
        match asked {
            Ok(asked) => Ok((asked, body)),
            Err(rejection) => {
                body::discard(body, &self.rules.limits);
                Err(rejection)
            }
        }
    }

    fn asked(&self, sender: Sender, asked: Result<Query<Asked>, QueryRejection>) -> Result<Option<String>, Rejection> {
        self.state.pace.of_address(&self.rules.limits, sender)?;
        let Query(asked) = asked.map_err(|error| Rejection::Parameter(error.to_string()))?;
        Ok(asked.site)
    }

    /// The site that the body names, which must be the one that the address named.
    pub(crate) fn after(&self, before: Option<&'r Known>, key: &str) -> Result<&'r Known, Rejection> {
        match before {
            None => self.admit(key),
            Some(known) if known.site.key == key => Ok(known),
            Some(_) => Err(different()),
        }
    }

    /// The site whose server has signed the user. Whether site or user is there, no refusal says; and it is refused before
    /// anything is looked up. A page must be one of the site's; the site's server is none, and says no origin.
    pub(crate) fn signed(&self, key: &str, user: &str, signature: &str) -> Result<&'r Known, Rejection> {
        let known = self.rules.sites.signed(key, user, signature)?;
        if self.headers.contains_key(header::ORIGIN) {
            origin(&known.site, self.headers)?;
        }
        self.state.pace.of_site(&self.rules.limits, key)?;
        Ok(known)
    }

    fn admit(&self, key: &str) -> Result<&'r Known, Rejection> {
        let known = self.rules.sites.find(key)?;
        origin(&known.site, self.headers)?;
        known.is_here()?;
        // Behind the origin: pages elsewhere cannot use up what the site's own may send.
        self.state.pace.of_site(&self.rules.limits, key)?;
        Ok(known)
    }
}

/// Of an address and a body that do not name the same site.
pub(crate) fn different() -> Rejection {
    Rejection::Parameter("the address and the body name different sites".to_owned())
}

fn origin(site: &Site, headers: &HeaderMap) -> Result<(), Rejection> {
    if site.origins.is_empty() {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match origin {
        Some(origin) if site.takes(&origin) => Ok(()),
        origin => Err(Rejection::Origin {
            origin: origin.map_or_else(|| "a sender without an origin".to_owned(), |origin| origin.into_owned()),
            site: site.key.clone(),
        }),
    }
}

/// Whether a site has the key that a request asks about, where it names one.
pub(crate) async fn known_site(state: &State, key: Option<&str>) -> Result<(), Rejection> {
    let Some(key) = key else { return Ok(()) };
    let configured = state.rules.get().sites.keys();
    if configured.iter().any(|known| known == key) {
        return Ok(());
    }
    let stored = reading(&state.store, |store| store.sites()).await.map_err(failed)?;
    known::check(key, configured, stored).map_err(|unknown| Rejection::Parameter(unknown.to_string()))
}
