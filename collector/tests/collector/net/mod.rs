//! Connections.

mod idle;
mod shutdown;
mod tls;
