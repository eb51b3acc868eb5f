//! Answers connections above the limit with a 503 that the client can read, also over TLS and HTTP/2, and closes them.
//! Only a bounded number is answered at a time. A connection beyond that bound is closed; with TLS it gets no answer,
//! because an answer needs a handshake.

use crate::error::Rejection;
use crate::net::connection_limit::{ConnectionLimit, Permit};
use crate::net::tls::{HTTP_2, Tls};
use axum::http::{HeaderValue, Response, header};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io::{self, Write};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Connections of each listener that are answered at a time.
const MAX: usize = 64;

/// Longest time for each connection, and for its request to begin.
const REJECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(1);

/// Bytes of a request that are read and dropped: if a server closes while a client is still sending, the connection is
/// reset and the client loses the answer.
const READ: u64 = 1 << 20;

/// The answer over HTTP/1.1.
static HTTP_1: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let response = response();
    let mut text = format!("HTTP/1.1 {}\r\nConnection: close\r\n", response.status());
    for (name, value) in response.headers() {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    text += &format!("content-length: {}\r\n\r\n{}", response.body().len(), response.body());
    text.into_bytes()
});

/// Answers connections above the limit.
#[derive(Default)]
pub(crate) struct Overload(ConnectionLimit);

impl Overload {
    /// Answers this connection in a task of its own, if fewer than [`MAX`] are being answered.
    pub(crate) fn reject(&self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        match self.0.acquire(MAX) {
            Some(permit) => drop(tokio::spawn(tokio::time::timeout(REJECT_TIMEOUT, answer(stream, tls, permit)))),
            None if tls.is_none() => answer_without_waiting(stream),
            None => {}
        }
    }
}

/// Sends the answer without waiting.
fn answer_without_waiting(stream: TcpStream) {
    if let Ok(mut stream) = stream.into_std() {
        let _ = stream.write(&HTTP_1);
    }
}

async fn answer(stream: TcpStream, tls: Option<Arc<Tls>>, _permit: Permit) {
    let answered = match tls {
        None => answer_http_1(stream).await,
        Some(tls) => match tls.acceptor().accept(stream).await {
            Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) => answer_http_2(stream).await,
            Ok(stream) => answer_http_1(stream).await,
            Err(error) => Err(error),
        },
    };
    if let Err(error) = answered {
        tracing::debug!(%error, "a connection that was turned away broke off");
    }
}

async fn answer_http_1(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    // Some clients fail on an answer that comes before their request. A client that sends nothing is answered all the
    // same.
    let _ = tokio::time::timeout(REQUEST_TIMEOUT, stream.read(&mut [0; 4096])).await;
    stream.write_all(&HTTP_1).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(READ), &mut tokio::io::sink()).await?;
    Ok(())
}

/// Answers the client's first request, and lets it make no other.
async fn answer_http_2(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<()> {
    let asked = Arc::new(Notify::new());
    let service = service_fn(|_| {
        asked.notify_one();
        std::future::ready(Ok::<_, Infallible>(response()))
    });
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new());
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        ended = connection.as_mut() => return ended.map_err(io::Error::other),
        () = asked.notified() => {}
    }
    connection.as_mut().graceful_shutdown();
    connection.await.map_err(io::Error::other)
}

/// The answer, which every page can read.
fn response() -> Response<String> {
    let rejection = Rejection::TooManyConnections;
    // Texts and numbers can always be written.
    let mut response = Response::new(serde_json::to_string(&rejection.refusal()).unwrap_or_default());
    *response.status_mut() = rejection.status();
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After"),
        (header::CONTENT_TYPE, "application/json"),
    ];
    response.headers_mut().extend(rejection.header());
    response.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_protocols_say_the_same() {
        let text = std::str::from_utf8(&HTTP_1).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let said = response();
        assert_eq!(said.body(), body);
        let head = head.to_lowercase() + "\r\n";
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{head}");
        for (name, value) in said.headers() {
            assert!(head.contains(&format!("\r\n{name}: {}\r\n", value.to_str().unwrap().to_lowercase())), "{name}");
        }
        assert!(head.starts_with("http/1.1 503 service unavailable\r\n") && said.status() == 503);
        assert!(head.contains("\r\nretry-after: 2\r\n") && head.contains("\r\nconnection: close\r\n"), "{head}");
    }
}
