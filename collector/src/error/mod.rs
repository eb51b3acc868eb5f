//! Request errors. [`crate::http::response`] maps them to HTTP status codes.

mod parameter;
mod rejection;

pub(crate) use parameter::ParameterError;
pub(crate) use rejection::{Oversize, RateScope, Rejection};
