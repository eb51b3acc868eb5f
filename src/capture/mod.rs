//! Capture: what happens on the page as events of level 2, and what of it may be collected. In: the nodes of a page
//! ([`node`]), and what the browser tells ([`recording`]). Out: events ([`event`]) without what is private.
//!
//! [`redact`] and [`address`] know texts only. [`privacy`] says what may be recorded of an element, [`target`] which
//! element an event is about, [`description`] what is recorded of it. `click`, `change`, `submit`, `rage` and `dead`
//! each own the state of one kind of event.

pub mod address;
pub mod redact;
pub mod rules;
// Elements.
pub mod description;
mod marks;
#[cfg(test)]
mod memory;
pub mod node;
pub mod path;
pub mod privacy;
pub mod target;
#[cfg(test)]
mod tests;
pub mod words;
// Events.
pub mod change;
pub mod click;
pub mod dead;
pub mod event;
pub mod explanation;
pub mod rage;
pub mod rate;
pub mod recording;
pub mod submit;

pub use event::Captured;
pub use explanation::Explanation;
pub use rate::RateLimit;
pub use recording::Capture;
pub use rules::Rules;
