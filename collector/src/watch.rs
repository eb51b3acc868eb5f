//! What is noted of every request, whatever becomes of it: who sent it, for the handlers behind; a line of the security
//! log, once it is answered.

use crate::router::Shared;
use crate::security_log::Line;
use crate::sender::Sender;
use crate::stamp::now;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;

/// The site that a request named: a handler adds it to its answer.
#[derive(Clone, Debug)]
pub(crate) struct Named(pub(crate) String);

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
    let Some(log) = &shared.security else { return next.run(request).await };
    let (method, path) = (request.method().to_string(), request.uri().path().chars().take(PATH).collect());
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let response = next.run(request).await;
    let site = response.extensions().get::<Named>().map(|Named(site)| site.clone());
    let status = response.status().as_u16();
    log.write(Line { time: now(), ip: sender.whole(), method, path, site, status, bytes: length.unwrap_or_default() });
    response
}
