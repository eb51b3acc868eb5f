//! Answers connections above the limit: each gets a 503 that its client can read, over TLS and HTTP/2 too, and is closed. A
//! bounded number of them is answered at a time, each within a short time. A connection beyond that bound is closed; with TLS
//! it gets no answer, because an answer needs a handshake.

use crate::net::connection_limit::{Seat, Seats};
use crate::net::tls::{HTTP_2, Tls};
use axum::http::{HeaderValue, Response, StatusCode, header};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io::{self, Write};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// How many connections of each listener are answered at a time.
const MOST: usize = 64;

/// How long each may take in all, and how long its request may take to begin.
const PATIENCE: Duration = Duration::from_secs(5);
const BEGINNING: Duration = Duration::from_secs(1);

/// How many bytes of its request are read and dropped. A server that closes while a client is still sending resets the
/// connection, and the client loses the answer.
const READ: u64 = 1 << 20;

const BODY: &str = "{\"error\":\"too many connections are open; come back later\"}";
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n\
    Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n\
    Content-Type: application/json\r\nContent-Length: 58\r\n\r\n\
    {\"error\":\"too many connections are open; come back later\"}";

/// Answers connections above the limit.
#[derive(Default)]
pub(crate) struct Overload(Seats);

impl Overload {
    /// Answers this connection in a task of its own, if fewer than [`MOST`] are being answered.
    pub(crate) fn turn_away(&self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        match self.0.take(MOST) {
            Some(seat) => drop(tokio::spawn(tokio::time::timeout(PATIENCE, tell(stream, tls, seat)))),
            None if tls.is_none() => say_at_once(stream),
            None => {}
        }
    }
}

/// Sends the answer without waiting.
fn say_at_once(stream: TcpStream) {
    if let Ok(mut stream) = stream.into_std() {
        let _ = stream.write(FULL);
    }
}

async fn tell(stream: TcpStream, tls: Option<Arc<Tls>>, _seat: Seat) {
    let told = match tls {
        None => tell_http_1(stream).await,
        Some(tls) => match tls.acceptor().accept(stream).await {
            Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) => tell_http_2(stream).await,
            Ok(stream) => tell_http_1(stream).await,
            Err(error) => Err(error),
        },
    };
    if let Err(error) = told {
        tracing::debug!(%error, "a connection that was turned away broke off");
    }
}

async fn tell_http_1(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    // Some clients fail on an answer that comes before their request. A client that sends nothing is answered all the same.
    let _ = tokio::time::timeout(BEGINNING, stream.read(&mut [0; 4096])).await;
    stream.write_all(FULL).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(READ), &mut tokio::io::sink()).await?;
    Ok(())
}

/// Answers the client's first request, and lets it make no other.
async fn tell_http_2(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<()> {
    let asked = Arc::new(Notify::new());
    let service = service_fn(|_| {
        asked.notify_one();
        std::future::ready(Ok::<_, Infallible>(full()))
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

fn full() -> Response<String> {
    let mut response = Response::new(BODY.to_owned());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = [
        (header::RETRY_AFTER, "2"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After"),
        (header::CONTENT_TYPE, "application/json"),
    ];
    response.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_protocols_say_the_same() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
        let said = full();
        assert_eq!(said.body(), body);
        let head = head.to_lowercase();
        for (name, value) in said.headers() {
            assert!(head.contains(&format!("\r\n{name}: {}\r\n", value.to_str().unwrap().to_lowercase())), "{name}");
        }
        assert!(head.starts_with("http/1.1 503 ") && said.status() == 503);
    }
}
