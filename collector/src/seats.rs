//! How many connections are open: more than the configured number are turned away at once, so that those that are
//! there keep what they need.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpStream;

/// Counts what is taken.
#[derive(Clone, Default)]
pub(crate) struct Seats(Arc<AtomicUsize>);

/// One that is taken, until it is dropped.
pub(crate) struct Seat(Arc<AtomicUsize>);

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n\
    Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n\
    Content-Type: application/json\r\nContent-Length: 58\r\n\r\n\
    {\"error\":\"too many connections are open; come back later\"}";

impl Seats {
    /// One of `most`, if one is left.
    pub(crate) fn take(&self, most: usize) -> Option<Seat> {
        let seat = Seat(Arc::clone(&self.0));
        (self.0.fetch_add(1, Ordering::Relaxed) < most).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Says so, as far as the connection takes it at once: nobody is waited for.
pub(crate) fn turn_away(stream: TcpStream, has_tls: bool) {
    // With TLS there is nothing to say before both have agreed on how.
    if !has_tls && let Ok(mut stream) = stream.into_std() {
        let _ = stream.write(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_is_left_can_be_taken() {
        let seats = Seats::default();
        let (first, second) = (seats.take(2), seats.take(2));
        assert!(first.is_some() && second.is_some() && seats.take(2).is_none());
        drop(first);
        assert!(seats.take(2).is_some());
    }

    #[test]
    fn the_refusal_is_as_long_as_it_says() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
    }
}
