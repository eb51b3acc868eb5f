//! Accepts connections: HTTP/1.1 and HTTP/2, with or without TLS. A connection that sends no request in time is closed,
//! because it would hold a descriptor for ever. At shutdown each connection may finish its requests.

use crate::app::SharedState;
use crate::net::connection_limit::{ConnectionLimit, Permit};
use crate::net::open_requests::OpenRequests;
use crate::net::overload::Overload;
use crate::net::tls::{HTTP_2, Tls};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

/// Longest time until a connection's protocol is known, for a request's head of HTTP/1.1, and of a connection without
/// an open request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest time for connections to finish at shutdown.
const DRAIN: Duration = Duration::from_secs(10);

/// Interval of HTTP/2 pings, and longest wait for the answer.
const PING: Duration = Duration::from_secs(20);

/// Largest number of open HTTP/2 requests in a connection, and largest size of a head in bytes.
const STREAMS: u32 = 128;
const HEAD: u32 = 32 << 10;

/// First bytes of an HTTP/2 connection without TLS.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

pub(crate) async fn accept(listener: TcpListener, router: Router, tls: Option<Arc<Tls>>, shared: SharedState) {
    let (connections, mut ending) = (GracefulShutdown::new(), shared.ending.clone());
    let (connection_limit, overload) = (ConnectionLimit::default(), Overload::default());
    loop {
        let accepted = tokio::select! {
            _ = ending.wait_for(|ending| *ending) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match connection_limit.acquire(shared.config.get().limits.connections) {
                Some(permit) => {
                    // Answers are small: without this they would wait for more to fill a packet.
                    let _ = stream.set_nodelay(true);
                    let connection =
                        Connection { peer, router: router.clone(), watcher: connections.watcher(), _permit: permit };
                    tokio::spawn(connection.run(stream, tls.clone(), ending.clone()));
                }
                None => overload.reject(stream, tls.clone()),
            },
            // Most likely no descriptor is left. A connection that ends frees one.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
        tracing::warn!("connections were still open after {DRAIN:?}");
    }
}

struct Connection {
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
    _permit: Permit,
}

impl Connection {
    async fn run(self, stream: TcpStream, tls: Option<Arc<Tls>>, mut ending: watch::Receiver<bool>) {
        // A connection that has not begun at shutdown has nothing to finish.
        macro_rules! begun {
            ($beginning:expr) => {
                tokio::select! {
                    _ = ending.wait_for(|ending| *ending) => return,
                    begun = tokio::time::timeout(IDLE_TIMEOUT, $beginning) => match begun {
                        Ok(Ok(begun)) => begun,
                        Ok(Err(error)) => return tracing::debug!(%error, "a connection did not begin"),
                        Err(_) => return,
                    },
                }
            };
        }
        match tls {
            Some(tls) => {
                let stream = begun!(tls.acceptor().accept(stream));
                let is_2 = stream.get_ref().1.alpn_protocol() == Some(HTTP_2);
                self.serve(stream, is_2, ending).await;
            }
            None => {
                let is_2 = begun!(begins_as_2(&stream));
                self.serve(stream, is_2, ending).await;
            }
        }
    }

    async fn serve(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        is_2: bool,
        ending: watch::Receiver<bool>,
    ) {
        let ended = if is_2 { self.serve_http_2(stream, ending).await } else { self.serve_http_1(stream).await };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke off");
        }
    }

    async fn serve_http_1(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<(), hyper::Error> {
        let Connection { peer, router, watcher, _permit } = self;
        let service = service_fn(move |request| answer(&router, peer, request));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(IDLE_TIMEOUT);
        watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await
    }

    /// Hyper's pings end only a connection whose client is gone. A client that answers them could stay for ever.
    async fn serve_http_2(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        mut ending: watch::Receiver<bool>,
    ) -> Result<(), hyper::Error> {
        // At shutdown the listener waits until the watcher is dropped.
        let Connection { peer, router, watcher: _watcher, _permit } = self;
        let open_requests = OpenRequests::new();
        let counted = open_requests.clone();
        let service = service_fn(move |request| {
            let (open, answer) = (counted.open(), answer(&router, peer, request));
            async move { answer.await.map(|answer| open.until_sent(answer)) }
        });
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
        http.max_concurrent_streams(STREAMS).max_header_list_size(HEAD);
        let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            ended = connection.as_mut() => return ended,
            _ = ending.wait_for(|ending| *ending) => {}
            () = open_requests.idle_for(IDLE_TIMEOUT) => {}
        }
        connection.as_mut().graceful_shutdown();
        connection.await
    }
}

fn answer(
    router: &Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response, Infallible>> + use<> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.clone().oneshot(request)
}

/// Whether a client without TLS speaks HTTP/2 from its first byte. Nobody sends so few bytes at once that it would
/// have to be waited for more.
async fn begins_as_2(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; PREFACE.len()];
    let length = stream.peek(&mut first).await?;
    Ok(length == PREFACE.len() && first == PREFACE)
}
