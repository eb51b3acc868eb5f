//! From a batch to what is stored.

mod clocks;
mod conservation;
mod levels;
mod log;
