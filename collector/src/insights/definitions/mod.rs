//! The definition of every number and column: its title, its unit, and what is counted. `docs/insights.md` has the same
//! table; a test compares them.

mod table;

pub use table::ALL;

use serde::Serialize;

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The view; empty for columns that mean the same in all views.
    pub view: &'static str,
    /// The name in answers.
    pub name: &'static str,
    /// The title for people.
    pub title: &'static str,
    /// The unit.
    pub unit: Unit,
    /// What is counted.
    pub text: &'static str,
}

/// The unit of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A whole number.
    Count,
    /// A number from 0 to 1, shown in percent.
    Share,
    /// A number with a fraction.
    Ratio,
    /// Milliseconds.
    Duration,
    /// Epoch ms.
    Time,
    /// A text.
    Text,
}

/// The definition of a number or column of a view.
pub fn find(view: &str, name: &str) -> Option<&'static Definition> {
    let of = |view: &str| ALL.iter().find(|definition| definition.view == view && definition.name == name);
    of(view).or_else(|| of(""))
}
