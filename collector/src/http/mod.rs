//! HTTP: routing, checks before the endpoints, and the endpoints.

pub(crate) mod admission;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod body_chunks;
pub(crate) mod endpoints;
pub(crate) mod etag;
pub(crate) mod middleware;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod response;
pub(crate) mod router;
pub(crate) mod write_request;
