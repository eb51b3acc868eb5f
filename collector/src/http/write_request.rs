//! What the endpoints that take a body from browsers share: rates, query string, site, origin, data centre, and the
//! size of the body. All that the head of a request tells is checked before the body is read.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::Admission;
use crate::http::body::{self, BodyLimit};
use crate::http::query::Query;
use crate::sites::registry::RegisteredSite;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::marker::PhantomData;

/// An endpoint that takes a body.
pub(crate) trait WriteEndpoint {
    /// Who may send it.
    const SENDER: Sender;
    /// Largest body.
    const BODY: BodyLimit;
}

/// Who may send a request.
pub(crate) enum Sender {
    /// A page of one of the site's origins.
    Page,
    /// A browser or server with the site's signature, which is in the body.
    Signed,
}

/// A request to the endpoint `E`.
pub(crate) struct WriteRequest<E> {
    pub(crate) admission: Admission,
    pub(crate) body: Bytes,
    /// The site that the URL names, already checked.
    site: Option<String>,
    endpoint: PhantomData<E>,
}

/// `?site=KEY`. Other parameters are ignored.
#[derive(Deserialize)]
struct Parameters {
    site: Option<String>,
}

impl<E: WriteEndpoint> FromRequest<SharedState> for WriteRequest<E> {
    /// A [`Rejection`], or that of [`Admission`].
    type Rejection = Response;

    async fn from_request(request: Request, state: &SharedState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let (admission, site) = match Self::check_head(&mut parts, state).await {
            Ok(checked) => checked,
            Err(response) => {
                body::discard(body, &state.config.get().limits);
                return Err(response);
            }
        };
        let body = body::read(body, E::BODY, &admission.config.limits).await.map_err(IntoResponse::into_response)?;
        Ok(WriteRequest { admission, body, site, endpoint: PhantomData })
    }
}

impl<E: WriteEndpoint> WriteRequest<E> {
    /// The checks before the body is read.
    async fn check_head(parts: &mut Parts, state: &SharedState) -> Result<(Admission, Option<String>), Response> {
        let admission = Admission::from_request_parts(parts, state).await?;
        let site = Self::check_url(&admission, parts).map_err(IntoResponse::into_response)?;
        Ok((admission, site))
    }

    fn check_url(admission: &Admission, parts: &Parts) -> Result<Option<String>, Rejection> {
        let Query(Parameters { site }) = Query::read(&parts.uri)?;
        match (&site, E::SENDER) {
            (Some(key), Sender::Page) => drop(admission.admit_page(key)?),
            (Some(key), Sender::Signed) => admission.check_region(key)?,
            (None, _) => {}
        }
        Ok(site)
    }

    /// Checks that the body names the same site as the URL, if the URL names one.
    ///
    /// # Errors
    /// It names another.
    pub(crate) fn check_same_site(&self, key: &str) -> Result<(), Rejection> {
        match &self.site {
            Some(site) if site != key => Err(Rejection::SiteMismatch),
            _ => Ok(()),
        }
    }

    /// The site that the body names, for a request of a page.
    ///
    /// # Errors
    /// The URL names another site, or the request is not admitted.
    pub(crate) fn admit_page(&self, key: &str) -> Result<&RegisteredSite, Rejection> {
        self.check_same_site(key)?;
        match self.site {
            // Admitted by the URL. A second time would count twice.
            Some(_) => self.admission.config.sites.find(key),
            None => self.admission.admit_page(key),
        }
    }
}
