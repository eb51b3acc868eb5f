//! What every request and answer passes through.

pub(crate) mod cors;
pub(crate) mod observe;
pub(crate) mod security_headers;
