//! What a call answers when it was not carried out: one variant per outcome, each with the text that the page gets. The
//! table for people, with when it happens and what to do, is `meaning.rs`; `docs/outcomes.md` is written from it.

mod flush;
mod meaning;
mod outcome;

pub use flush::FlushError;
pub use meaning::{DONE, Done, Meaning};
pub use outcome::CallError;

#[cfg(test)]
mod tests;
