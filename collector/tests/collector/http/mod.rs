//! Requests and answers.

mod admin_listener;
mod auth;
mod body;
mod codes;
mod cors;
mod endpoints;
mod hostile;
