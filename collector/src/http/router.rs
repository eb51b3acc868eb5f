//! The URL table.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::endpoints::{
    assets, audit, demo_month, events, export, forget, health, insights, inspector, live, metrics, micro, overlays,
    saved, settings, shares, state, users,
};
use crate::http::middleware::{self, cors, rejected};
use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use std::sync::Arc;

/// The routes of a listener.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All routes.
    Whole,
    /// Routes for recorders and pages.
    Public,
    /// Routes that show stored data.
    Admin,
}

impl Part {
    /// The routes, for the 404 message.
    fn table(self) -> &'static str {
        match self {
            Part::Whole => {
                "POST and GET /v1/events, POST /v1/forget, POST, PUT and GET /v1/state, GET /v1/audit, \
                 GET and DELETE /v1/users/ID, GET /v1/users/ID/summary, GET /v1/insights, GET /v1/insights/VIEW, GET /v1/saved, PUT and DELETE /v1/saved/NAME, GET and POST /v1/shares, \
                 DELETE /v1/shares/ID, GET /v1/shared, POST /v1/overlays, GET /v1/sites/KEY/settings, POST /v1/sites/KEY/overlay, GET /live, GET /metrics, / (the inspector), /insights, /NAME and /v/HASH/NAME (the recorder's files), \
                 /healthz and /readyz"
            }
            Part::Public => {
                "POST /v1/events, POST /v1/forget, POST, PUT and GET /v1/state, GET /v1/sites/KEY/settings, \
                 POST /v1/sites/KEY/overlay, /NAME and /v/HASH/NAME (the recorder's files), /healthz and /readyz"
            }
            Part::Admin => {
                "GET /v1/events, GET /v1/audit, GET and DELETE /v1/users/ID, GET /v1/users/ID/summary, GET /v1/insights, GET /v1/insights/VIEW, \
                 GET /v1/saved, PUT and DELETE /v1/saved/NAME, GET and POST /v1/shares, DELETE /v1/shares/ID, GET /v1/shared, POST /v1/overlays, GET /live, GET /metrics, \
                 / (the inspector), /insights, /healthz and /readyz"
            }
        }
    }
}

pub(crate) fn router(shared: SharedState, part: Part) -> Router {
    let mut table = Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready));
    if part != Part::Admin {
        let to_events = post(events::post).options(cors::to_post);
        let to_events = match shared.micro {
            Some(_) => to_events.layer(from_fn_with_state(Arc::clone(&shared), rejected::note)),
            None => to_events,
        };
        table = table
            .route("/v1/events", to_events)
            .route("/v1/forget", post(forget::post).options(cors::to_post))
            .route("/v1/state", get(state::get).post(state::post).put(state::post).options(cors::to_post))
            .route("/v1/sites/{key}/settings", get(settings::get).layer(from_fn(cors::open)).options(cors::to_get))
            .route("/v1/sites/{key}/overlay", post(overlays::open).options(cors::to_post))
            .route("/v/{hash}/{name}", get(assets::pinned).options(cors::to_get))
            .route("/{name}", get(assets::newest).options(cors::to_get));
    }
    if part != Part::Public {
        table = table
            .route("/v1/events", get(export::get))
            .route("/v1/audit", get(audit::get))
            .route("/v1/users/{id}", get(users::get).delete(users::delete))
            .route("/v1/users/{id}/summary", get(users::summary))
            .route("/metrics", get(metrics::get))
            .route("/live", get(live::get))
            .route("/v1/insights", get(insights::index::get))
            .route("/v1/insights/{view}", get(insights::api::get))
            .route("/v1/saved", get(saved::get))
            .route("/v1/saved/{name}", put(saved::put).delete(saved::delete))
            .route("/v1/shared", get(insights::shared::get))
            .route("/v1/shares", get(shares::get).post(shares::post))
            .route("/v1/shares/{id}", delete(shares::delete))
            .route("/v1/overlays", post(overlays::make))
            .route("/v1/demo/month", put(demo_month::put))
            .merge(micro_routes())
            .route("/insights", get(insights::page::page))
            .route("/insights/{part}", get(insights::page::part))
            .route("/", get(inspector::page))
            .route("/inspector/{part}", get(inspector::part));
    }
    table
        .fallback(async move |request: Request| nothing(part, request).await)
        .method_not_allowed_fallback(async || Rejection::MethodNotAllowed)
        .layer(from_fn_with_state(Arc::clone(&shared), middleware::layer))
        .with_state(shared)
}

/// Of a collector for tests.
fn micro_routes() -> Router<SharedState> {
    Router::new()
        .route("/micro/all", get(micro::all))
        .route("/micro/good", get(micro::good))
        .route("/micro/bad", get(micro::bad))
        .route("/micro/reset", post(micro::reset))
        .layer(from_fn(micro::guard))
}

async fn nothing(part: Part, request: Request) -> Response {
    // So that a page with a wrong URL can read the 404.
    if request.method() == Method::OPTIONS {
        return cors::to_post(request.into_parts().0.headers).await.into_response();
    }
    let message = format!("nothing is at {}; there are {}", request.uri().path(), part.table());
    Rejection::NotFound(message).into_response()
}
