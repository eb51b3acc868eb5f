//! Requests and answers.

mod admin_listener;
mod auth;
mod body;
mod cors;
mod endpoints;
mod hostile;
