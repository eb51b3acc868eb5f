//! The errors of calls: one variant for each outcome, with its message. `meaning.rs` describes when an error happens
//! and what to do; `docs/outcomes.md` is generated from it.

mod flush;
mod meaning;
mod outcome;

pub use flush::FlushError;
pub use meaning::{DONE, Done, Meaning};
pub use outcome::CallError;

#[cfg(test)]
mod tests;
