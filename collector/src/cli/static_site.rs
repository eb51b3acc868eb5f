//! Serves static pages from directories, for the demo site and for tests. The first directory that has a file serves
//! it. Nothing is cached, so that a reload shows the last build. Not for production.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Below this, what is no file is the single-page application's business.
const APP: &str = "/demo/app/";

/// Serves the files in `dirs` on `listener` until `shutdown` is ready.
///
/// # Errors
/// Where the system refuses to serve.
pub async fn serve(
    dirs: Vec<PathBuf>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let dirs: Arc<[ServeDir]> = dirs.into_iter().map(ServeDir::new).collect();
    let router = Router::new().fallback(find).with_state(dirs);
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn find(State(dirs): State<Arc<[ServeDir]>>, request: Request) -> Response {
    // A body is of no interest, and cannot be asked twice.
    let (mut asked, _) = request.into_parts();
    let mut response = first(&dirs, &asked).await;
    if response.status() == StatusCode::NOT_FOUND && is_app(asked.uri.path()) {
        asked.uri = Uri::from_static("/demo/app/index.html");
        response = first(&dirs, &asked).await;
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok())
        && kind.starts_with("text/")
        && let Ok(kind) = format!("{kind}; charset=utf-8").parse()
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

async fn first(dirs: &[ServeDir], asked: &Parts) -> Response {
    for dir in dirs {
        let Ok(response) = dir.clone().oneshot(Request::from_parts(asked.clone(), Body::empty())).await;
        if response.status() != StatusCode::NOT_FOUND {
            return response.map(Body::new);
        }
    }
    let text = format!("no directory has a file for {}\n", asked.uri.path());
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain")], text).into_response()
}

fn is_app(path: &str) -> bool {
    path.strip_prefix(APP).is_some_and(|rest| !rest.rsplit('/').next().unwrap_or_default().contains('.'))
}
