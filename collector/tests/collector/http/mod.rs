//! Requests and answers.

mod admin_listener;
mod auth;
mod cors;
mod endpoints;
mod hostile;
