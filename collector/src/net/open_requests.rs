//! Counts the open requests of one connection, so that an idle connection can be closed.

use axum::body::{Body, Bytes, HttpBody};
use axum::http::Response;
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;

/// The number of open requests.
#[derive(Clone)]
pub(crate) struct OpenRequests(Arc<watch::Sender<usize>>);

/// One open request, counted until it is dropped.
pub(crate) struct OpenRequest(Arc<watch::Sender<usize>>);

/// The body of an answer. Its request is open until the body is dropped.
pub(crate) struct OpenBody {
    body: Body,
    _request: OpenRequest,
}

impl OpenRequests {
    pub(crate) fn new() -> Self {
        OpenRequests(Arc::new(watch::Sender::new(0)))
    }

    pub(crate) fn open(&self) -> OpenRequest {
        self.0.send_modify(|open| *open += 1);
        OpenRequest(Arc::clone(&self.0))
    }

    /// Waits until no request was open for so long without a break.
    pub(crate) async fn idle_for(&self, limit: Duration) {
        let mut open = self.0.subscribe();
        loop {
            // Each change counts, also if a request was opened and closed between two looks.
            let is_idle = *open.borrow_and_update() == 0;
            let changed = open.changed();
            if !is_idle {
                let _ = changed.await;
            } else if tokio::time::timeout(limit, changed).await.is_err() {
                return;
            }
        }
    }
}

impl OpenRequest {
    /// Keeps the request open until the answer's body is dropped.
    pub(crate) fn until_sent(self, answer: Response<Body>) -> Response<OpenBody> {
        answer.map(|body| OpenBody { body, _request: self })
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open = open.saturating_sub(1));
    }
}

impl HttpBody for OpenBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
