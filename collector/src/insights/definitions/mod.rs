//! The definition of every number and column: its title, its unit, and what is counted. `docs/insights.md` has the same
//! table; a test compares them.

mod definition;
mod table;

pub use definition::{Definition, Unit};
pub use table::ALL;

/// The definition of a number or column of a view.
pub fn find(view: &str, name: &str) -> Option<&'static Definition> {
    let of = |view: &str| ALL.iter().find(|definition| definition.view == view && definition.name == name);
    of(view).or_else(|| of(""))
}
