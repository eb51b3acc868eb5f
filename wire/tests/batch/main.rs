//! Batches: written, read, split, refused, and stripped of what is not allowed.

#![allow(clippy::unwrap_used)]

mod allowed;
mod fixtures;
mod refused;
mod round_trip;
mod strategy;
mod versions;
mod writing;
