//! Connections: TCP, TLS, HTTP/1.1 and HTTP/2, and their limits.

pub(crate) mod connection_limit;
pub(crate) mod listener;
pub(crate) mod open_requests;
pub(crate) mod overload;
pub(crate) mod tls;
