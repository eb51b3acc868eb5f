//! `GET /insights`: a page that asks questions and shows the answers. It holds no data and asks for the token, so it is
//! served to everyone unless no token is configured. Its script inserts what answers say as text only.

use crate::app::SharedState;
use crate::config::Admin;
use crate::error::Rejection;
use crate::http::endpoints::assets;
use crate::http::endpoints::inspector::file;
use crate::http::path::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

const HTML: &str = "text/html; charset=utf-8";
const PAGE: &str = include_str!("index.html");

/// Where the demo has its button.
const DEMO_PLACE: &str = "<!-- demo -->";

pub(crate) async fn page(State(shared): State<SharedState>) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    match config.admin {
        Admin::Closed if !config.sites.has_readers() => Err(Rejection::AdminDisabled),
        Admin::Open => Ok(file(HTML, PAGE.replace(DEMO_PLACE, include_str!("demo.html")))),
        Admin::Closed | Admin::Token(_) => Ok(file(HTML, PAGE.replace(DEMO_PLACE, ""))),
    }
}

pub(crate) async fn part(
    State(shared): State<SharedState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    Ok(match name.as_str() {
        "insights.css" => file("text/css; charset=utf-8", include_str!("insights.css")),
        "insights.js" => file(SCRIPT, include_str!("insights.js")),
        "address.js" => file(SCRIPT, include_str!("address.js")),
        "answer.js" => file(SCRIPT, include_str!("answer.js")),
        "demo.js" => file(SCRIPT, include_str!("demo.js")),
        "charts.js" => file(SCRIPT, include_str!("charts.js")),
        "saved.js" => file(SCRIPT, include_str!("saved.js")),
        "shared" => file(HTML, include_str!("shared.html")),
        "shared.js" => file(SCRIPT, include_str!("shared.js")),
        "shares.js" => file(SCRIPT, include_str!("shares.js")),
        "tables.js" => file(SCRIPT, include_str!("tables.js")),
        "user.js" => file(SCRIPT, include_str!("user.js")),
        "timeline.js" => file(SCRIPT, include_str!("timeline.js")),
        "values.js" => file(SCRIPT, include_str!("values.js")),
        // A library that the build takes from npm.
        "uplot.js" | "uplot.css" => return assets::newest(State(shared), Path(name), headers).await,
        _ => return Err(Rejection::NotFound(format!("insights have no part {name}"))),
    }
    .into_response())
}
