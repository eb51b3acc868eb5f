//! Records every request: finds the client address for the handlers, and writes metrics and the security log once the
//! request is answered.

use crate::app::AppState;
use crate::client::address::ClientAddress;
use crate::http::response::{RejectionTag, SiteTag};
use crate::telemetry::security_log::Line;
use crate::time::clock::now;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, Uri, header};
use axum::response::Response;
use std::net::IpAddr;

/// Longest path in the security log, in characters.
const PATH: usize = 200;

/// What is recorded of a request that is not answered yet.
pub(super) struct Observation {
    client: ClientAddress,
    route: Option<MatchedPath>,
    method: Method,
    uri: Uri,
    /// Declared length of the body in bytes.
    bytes: u64,
}

impl Observation {
    pub(super) fn begin(shared: &AppState, peer: IpAddr, request: &mut Request) -> Self {
        let client = ClientAddress::of(peer, request.headers(), &shared.config.get().proxies);
        request.extensions_mut().insert(client);
        let length = request.headers().get(header::CONTENT_LENGTH);
        let bytes = length.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or_default();
        let route = request.extensions().get::<MatchedPath>().cloned();
        Observation { client, route, method: request.method().clone(), uri: request.uri().clone(), bytes }
    }

    pub(super) fn end(self, shared: &AppState, response: &Response) {
        let Observation { client, route, method, uri, bytes } = self;
        let route = route.as_ref().map_or("", MatchedPath::as_str);
        let (status, said) = (response.status().as_u16(), response.extensions());
        shared.metrics.request(route, status, bytes);
        if let Some(RejectionTag(code)) = said.get() {
            shared.metrics.refused(*code);
        }
        if let Some(log) = &shared.security_log {
            let site = said.get().map(|SiteTag(site)| site.clone());
            let (method, path) = (method.to_string(), path(route, uri.path()));
            log.write(Line { time: now(), ip: client.full(), method, path, site, status, bytes });
        }
    }
}

/// The path for the security log, without user IDs.
fn path(route: &str, path: &str) -> String {
    if route.contains("/users/") { route.to_owned() } else { path.chars().take(PATH).collect() }
}
