//! The URL table, what every handler shares, and what every answer carries.

use crate::assets::Assets;
use crate::disk::Disk;
use crate::geo::Geo;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::pace::Pace;
use crate::reconfigure::Readings;
use crate::reject::Rejection;
use crate::rules::InForce;
use crate::security_log::SecurityLog;
use crate::store::Store;
use crate::writer::Writer;
use crate::{
    assets, audit, cors, export, forget, health, inspector, live, metrics, people, receive, settings, state,
    watch as noting,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use tokio::sync::watch;

pub(crate) type Shared = Arc<State>;

/// What handlers share.
pub(crate) struct State {
    pub(crate) rules: InForce,
    pub(crate) pace: Pace,
    pub(crate) readings: Readings,
    /// Whether what is stored is shown on a loopback address of its own.
    pub(crate) apart: bool,
    pub(crate) geo: Arc<Geo>,
    pub(crate) metrics: Arc<Metrics>,
    /// None for a store in memory.
    pub(crate) disk: Option<Disk>,
    pub(crate) security: Option<SecurityLog>,
    pub(crate) assets: Assets,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) writer: Writer,
    pub(crate) live: Live,
    /// Turns true when the collector ends.
    pub(crate) ending: watch::Receiver<bool>,
}

/// Which of the table a listener has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// What recorders and pages need.
    Public,
    /// What shows what is stored.
    Admin,
}

impl Part {
    /// What there is, for whoever asks for something else.
    fn table(self) -> &'static str {
        match self {
            Part::Whole => {
                "POST and GET /v1/events, POST /v1/forget, POST, PUT and GET /v1/state, GET /v1/audit, GET and DELETE /v1/users/ID, \
                 GET /v1/sites/KEY/settings, GET /live, GET /metrics, / (the inspector), /NAME and /v/HASH/NAME (the \
                 recorder's files), /healthz and /readyz"
            }
            Part::Public => {
                "POST /v1/events, POST /v1/forget, POST, PUT and GET /v1/state, GET /v1/sites/KEY/settings, /NAME and /v/HASH/NAME (the recorder's \
                 files), /healthz and /readyz"
            }
            Part::Admin => {
                "GET /v1/events, GET /v1/audit, GET and DELETE /v1/users/ID, GET /live, GET /metrics, / (the inspector), \
                 /healthz and /readyz"
            }
        }
    }
}

pub(crate) fn router(shared: Shared, part: Part) -> Router {
    let mut table = Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready));
    if part != Part::Admin {
        table = table
            .route("/v1/events", post(receive::post).options(cors::to_post))
            .route("/v1/forget", post(forget::post).options(cors::to_post))
            .route("/v1/state", get(state::get).post(state::post).put(state::post).options(cors::to_post))
            .route("/v1/sites/{key}/settings", get(settings::get).layer(from_fn(cors::open)).options(cors::to_get))
            .route("/v/{hash}/{name}", get(assets::pinned).options(cors::to_get))
            .route("/{name}", get(assets::newest).options(cors::to_get));
    }
    if part != Part::Public {
        table = table
            .route("/v1/events", get(export::get))
            .route("/v1/audit", get(audit::get))
            .route("/v1/users/{id}", get(people::get).delete(people::delete))
            .route("/metrics", get(metrics::get))
            .route("/live", get(live::get))
            .route("/", get(inspector::page))
            .route("/inspector/{part}", get(inspector::part));
    }
    table
        .fallback(async move |request: Request| nothing(part, request).await)
        .method_not_allowed_fallback(async || Rejection::Method)
        // `body` has the limit, and answers with it.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(cors::layer))
        .layer(map_response(guard))
        .layer(from_fn_with_state(Arc::clone(&shared), noting::layer))
        .with_state(shared)
}

async fn nothing(part: Part, request: Request) -> Response {
    // A page that has a wrong address of the collector can then read the 404.
    if request.method() == Method::OPTIONS {
        return cors::to_post(request.into_parts().0.headers).await.into_response();
    }
    let why = format!("nothing is at {}; there are {}", request.uri().path(), part.table());
    Rejection::NotFound(why).into_response()
}

/// What a browser may make of an answer: nothing but what it is for. The pages have policies of their own.
async fn guard(mut response: Response) -> Response {
    const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, NOTHING), (header::REFERRER_POLICY, "no-referrer")] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
