//! `GET /live`: every event as it is stored, as server-sent events. A slow reader is told how many events it missed
//! (`lagged`), and never slows the writer.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::auth;
use crate::http::query::Query;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// The token in the query string, for `EventSource`, which cannot send headers. Other parameters are ignored.
#[derive(Deserialize)]
pub(crate) struct QueryToken {
    token: Option<String>,
}

/// All parameters. A filter that is ignored would pass for one that lets everything through.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    #[serde(rename = "token")]
    _token: Option<String>,
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    Query(QueryToken { token }): Query<QueryToken>,
    parameters: Result<Query<Parameters>, Rejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    auth::allow(&shared.config.get(), &uri, &headers, token.as_deref())?;
    parameters?;
    let watching = (shared.live_feed.subscribe(), shared.ending.clone());
    let events = stream::unfold(watching, |(mut bodies, mut ending)| async move {
        let next = tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return None,
            next = bodies.recv() => next,
        };
        let event = match next {
            Ok(body) => Event::default().data(&*body),
            Err(RecvError::Lagged(skipped)) => Event::default().event("lagged").data(skipped.to_string()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok::<_, Infallible>(event), (bodies, ending)))
    });
    // Proxies that buffer would hold events back.
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))))
}
