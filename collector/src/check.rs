//! May this be stored at all? The site must be known, the page's origin one of the site's, and what the batch shares
//! must be of a size that can be repeated per event. Nothing is changed here.

use crate::config::Site;
use crate::reject::Rejection;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use waymark_wire::limits;

/// The configured sites by key.
pub(crate) struct Sites(HashMap<String, Site>);

impl Sites {
    pub(crate) fn new(sites: Vec<Site>) -> Self {
        Sites(sites.into_iter().map(|site| (site.key.clone(), site)).collect())
    }

    pub(crate) fn find(&self, key: &str) -> Result<&Site, Rejection> {
        self.0.get(key).ok_or_else(|| Rejection::UnknownSite(key.chars().take(64).collect()))
    }
}

pub(crate) fn origin(site: &Site, headers: &HeaderMap) -> Result<(), Rejection> {
    if site.origins.is_empty() {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match origin {
        Some(origin) if site.origins.iter().any(|allowed| *allowed == origin) => Ok(()),
        origin => Err(Rejection::Origin {
            origin: origin.map_or_else(|| "a sender without an origin".to_owned(), |origin| origin.into_owned()),
            site: site.key.clone(),
        }),
    }
}

/// The most bytes of one context: far more than a page's address, title and browser ever take.
const CONTEXT_BYTES: usize = 16_384;

/// Whether the contexts of a batch are few and small. Each is held whole once expanded, so that a body of thousands
/// that build on a large first one would need gigabytes.
pub(crate) fn contexts(body: &[u8]) -> Result<(), Rejection> {
    #[derive(Deserialize)]
    struct Contexts<'a> {
        #[serde(borrow)]
        contexts: Vec<&'a RawValue>,
    }
    // What cannot be read at all is told by the reader of the batch, which comes next.
    let Ok(Contexts { contexts }) = serde_json::from_slice(body) else { return Ok(()) };
    if contexts.len() > limits::BATCH_EVENTS {
        return Err(Rejection::Unreadable(format!("contexts has over {} entries", limits::BATCH_EVENTS)));
    }
    match contexts.iter().position(|context| context.get().len() > CONTEXT_BYTES) {
        Some(number) => Err(Rejection::Unreadable(format!("context {number} is over {CONTEXT_BYTES} bytes"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_must_be_few_and_small() {
        let many = format!(r#"{{"contexts":[{}{{}}]}}"#, "{},".repeat(1_000));
        assert_eq!(contexts(many.as_bytes()).unwrap_err().to_string(), "contexts has over 1000 entries");
        let large = format!(r#"{{"contexts":[{{}},{{"sId":"{}"}}]}}"#, "x".repeat(16_384));
        assert_eq!(contexts(large.as_bytes()).unwrap_err().to_string(), "context 1 is over 16384 bytes");
        assert!(contexts(br#"{"contexts":[{}]}"#).is_ok());
    }
}
