//! Takes connections until the end is announced, then lets each finish what it is at. A connection that does not say
//! what it wants in time is closed: it would cost a descriptor for as long as its owner likes.

use crate::router::Shared;
use crate::seats::{Seat, Seats, turn_away};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// How long a request's head may take, and a kept connection may wait for its next request.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long connections may take to end by themselves.
const DRAIN: Duration = Duration::from_secs(10);

pub(crate) async fn accept(listener: TcpListener, router: Router, shared: Shared) {
    let (connections, seats, mut ending) = (GracefulShutdown::new(), Seats::default(), shared.ending.clone());
    loop {
        let accepted = tokio::select! {
            _ = ending.wait_for(|ending| *ending) => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match seats.take(shared.rules.get().limits.connections) {
                Some(seat) => spawn(stream, peer, seat, router.clone(), &connections),
                None => turn_away(stream),
            },
            // Most likely no descriptor is left; what is there now may give one back.
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

fn spawn(stream: TcpStream, peer: SocketAddr, seat: Seat, router: Router, connections: &GracefulShutdown) {
    // Answers are small: without this they would wait for more to fill a packet.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke off");
        }
        drop(seat);
    });
}
