//! Clock and calendar.

pub(crate) mod clock;
pub(crate) mod day;
