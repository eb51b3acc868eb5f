//! Connections.

mod shutdown;
mod tls;
