//! The user's state: progress in walk-thrus, tasks and courses, auto-play rules that have run, goals reached, and the
//! site's own named values. In: values that the page sets, entries from the user's other browsers. Out: entries and
//! changes.

pub mod change;
pub mod commands;
mod exchange;
pub mod owner;
mod stored_entry;
pub mod sync;
#[cfg(test)]
mod tests;

pub use change::check_entry;
pub use commands::StateEntry;
pub use owner::Owner;
pub use sync::StateSync;
