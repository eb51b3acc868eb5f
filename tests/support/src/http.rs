//! Plain HTTP requests to servers on this machine.

use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The answer to a request.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// GET.
///
/// # Errors
/// The server cannot be reached.
pub async fn get(url: &str) -> Result<Response, String> {
    send("GET", url, String::new(), None).await
}

/// POST of JSON.
///
/// # Errors
/// The server cannot be reached.
pub async fn post(url: &str, body: String) -> Result<Response, String> {
    send("POST", url, body, None).await
}

/// GET with the bearer token.
///
/// # Errors
/// The server cannot be reached.
pub async fn get_as(token: &str, url: &str) -> Result<Response, String> {
    send("GET", url, String::new(), Some(token)).await
}

async fn send(method: &str, url: &str, body: String, token: Option<&str>) -> Result<Response, String> {
    let client: Client<HttpConnector, String> = Client::builder(TokioExecutor::new()).build_http();
    let mut request = http::Request::builder().method(method).uri(url).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(body).map_err(|error| error.to_string())?;
    let response = client.request(request).await.map_err(|error| format!("{method} {url}: {error}"))?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    Ok(Response { status, body: String::from_utf8_lossy(&body).into_owned() })
}
