//! Connections for which there is no room: each is told to come back, in words that its client can read, then closed. Of
//! these, too, there are only so many at a time, and each has little time. What comes beyond that is closed: with TLS without
//! a word, since there is nothing to say before both have agreed on how.

use crate::seats::{Seat, Seats};
use crate::tls::{HTTP_2, Tls};
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

/// How many are told at a time, of each listener.
const MOST: usize = 64;

/// How long each may take, and how long it may take to begin its request.
const PATIENCE: Duration = Duration::from_secs(5);
const BEGINNING: Duration = Duration::from_secs(1);

/// How much of its request is read so that the answer is not lost in a connection reset.
const READ: u64 = 1 << 20;

const BODY: &str = "{\"error\":\"too many connections are open; come back later\"}";
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n\
    Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n\
    Content-Type: application/json\r\nContent-Length: 58\r\n\r\n\
    {\"error\":\"too many connections are open; come back later\"}";

/// Tells those for which there is no room.
#[derive(Default)]
pub(crate) struct Overload(Seats);

impl Overload {
    /// Tells this one, if not too many are being told.
    pub(crate) fn turn_away(&self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        match self.0.take(MOST) {
            Some(seat) => drop(tokio::spawn(tokio::time::timeout(PATIENCE, tell(stream, tls, seat)))),
            None if tls.is_none() => say_at_once(stream),
            None => {}
        }
    }
}

/// Says it as far as the connection takes it at once.
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
    // An answer before its request confuses some clients; one that says nothing is answered all the same.
    let _ = tokio::time::timeout(BEGINNING, stream.read(&mut [0; 4096])).await;
    stream.write_all(FULL).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream.take(READ), &mut tokio::io::sink()).await?;
    Ok(())
}

/// Answers what the client asks first, and says that it may ask no more.
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
