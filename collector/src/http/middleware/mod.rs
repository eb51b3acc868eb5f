//! Middleware for all requests and responses. It is one layer, because each layer of axum allocates for each request.

pub(crate) mod cors;
mod observe;
pub(crate) mod rejected;
mod security_headers;

use self::observe::Observation;
use crate::app::SharedState;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;

pub(crate) async fn layer(
    State(shared): State<SharedState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let observation = Observation::begin(&shared, peer.ip(), &mut request);
    let reader = cors::reader(&request);
    let mut response = next.run(request).await;
    if let Some(origin) = reader {
        cors::share(response.headers_mut(), origin);
    }
    security_headers::guard(response.headers_mut());
    observation.end(&shared, &response);
    response
}
