//! Request errors. [`crate::http::response`] maps them to HTTP status codes.

mod rejection;

pub(crate) use rejection::{Oversize, RateScope, Rejection};
