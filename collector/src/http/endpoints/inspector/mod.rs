//! `GET /`: a page that shows events as they arrive. The page holds no data and asks for the token, so it is served to
//! everyone unless admin access is disabled. Its script inserts event data as text only, never as markup.

use crate::app::SharedState;
use crate::config::Admin;
use crate::error::Rejection;
use crate::http::path::Path;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::borrow::Cow;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

pub(crate) async fn page(State(shared): State<SharedState>) -> Result<impl IntoResponse, Rejection> {
    match shared.config.get().admin {
        Admin::Closed => Err(Rejection::AdminDisabled),
        _ => Ok(file("text/html; charset=utf-8", include_str!("index.html"))),
    }
}

pub(crate) async fn part(Path(name): Path<String>) -> Result<impl IntoResponse, Rejection> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    Ok(match name.as_str() {
        "inspector.css" => file(STYLE, include_str!("inspector.css")),
        "audit.css" => file(STYLE, include_str!("audit.css")),
        "events.css" => file(STYLE, include_str!("events.css")),
        "element.css" => file(STYLE, include_str!("element.css")),
        "inspector.js" => file(SCRIPT, include_str!("inspector.js")),
        "audit.js" => file(SCRIPT, include_str!("audit.js")),
        "stream.js" => file(SCRIPT, include_str!("stream.js")),
        "filter.js" => file(SCRIPT, include_str!("filter.js")),
        "row.js" => file(SCRIPT, include_str!("row.js")),
        "element.js" => file(SCRIPT, include_str!("element.js")),
        "detail.js" => file(SCRIPT, include_str!("detail.js")),
        "onpage.js" => file(SCRIPT, include_str!("onpage.js")),
        "pulse.js" => file(SCRIPT, include_str!("pulse.js")),
        _ => return Err(Rejection::NotFound(format!("the inspector has no part {name}"))),
    })
}

pub(crate) fn file(kind: &'static str, text: impl Into<Cow<'static, str>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text.into())
}
