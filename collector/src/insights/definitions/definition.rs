//! A definition, and the units of values.

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
