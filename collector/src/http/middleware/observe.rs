//! Records every request: finds the client address for the handlers, and writes metrics and the security log once the
//! request is answered.

use crate::app::SharedState;
use crate::client::address::ClientAddress;
use crate::http::response::{RejectionTag, SiteTag};
use crate::telemetry::security_log::Line;
use crate::time::clock::now;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;

/// Longest path in the security log, in characters.
const PATH: usize = 200;

pub(crate) async fn layer(
    State(shared): State<SharedState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let sender = ClientAddress::of(peer.ip(), request.headers(), &shared.config.get().proxies);
    request.extensions_mut().insert(sender);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let (method, path) = (request.method().to_string(), path(route, request.uri().path()));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = length.unwrap_or_default();

    let response = next.run(request).await;

    let (status, said) = (response.status().as_u16(), response.extensions());
    shared.metrics.request(route, status, bytes);
    if let Some(RejectionTag(code)) = said.get() {
        shared.metrics.refused(*code);
    }
    if let Some(log) = &shared.security_log {
        let site = said.get().map(|SiteTag(site)| site.clone());
        log.write(Line { time: now(), ip: sender.full(), method, path, site, status, bytes });
    }
    response
}

/// The path for the security log, without user IDs.
fn path(route: &str, path: &str) -> String {
    if route.contains("/users/") { route.to_owned() } else { path.chars().take(PATH).collect() }
}
