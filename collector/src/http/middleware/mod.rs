//! Middleware for all requests and responses.

pub(crate) mod cors;
pub(crate) mod observe;
pub(crate) mod security_headers;
