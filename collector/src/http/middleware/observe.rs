//! What is noted of every request, whatever becomes of it: who sent it, for the handlers behind; a line of the security
//! log and the figures, once it is answered.

use crate::app::Shared;
use crate::client::address::Sender;
use crate::http::response::{Named, Refused};
use crate::telemetry::security_log::Line;
use crate::time::clock::now;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;

/// The most of a path that is noted.
const PATH: usize = 200;

pub(crate) async fn layer(
    State(shared): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let sender = Sender::of(peer.ip(), request.headers(), &shared.rules.get().proxies);
    request.extensions_mut().insert(sender);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let (method, path) = (request.method().to_string(), path(route, request.uri().path()));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = length.unwrap_or_default();

    let response = next.run(request).await;

    let (status, said) = (response.status().as_u16(), response.extensions());
    shared.metrics.request(route, status, bytes);
    if let Some(Refused(why)) = said.get() {
        shared.metrics.refused(why);
    }
    if let Some(log) = &shared.security {
        let site = said.get().map(|Named(site)| site.clone());
        log.write(Line { time: now(), ip: sender.whole(), method, path, site, status, bytes });
    }
    response
}

/// What is noted of a path: no user's ID.
fn path(route: &str, path: &str) -> String {
    if route.contains("/users/") { route.to_owned() } else { path.chars().take(PATH).collect() }
}
