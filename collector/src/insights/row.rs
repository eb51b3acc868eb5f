//! A row of a question.

use crate::store::{Fact, TextId};

/// A row.
pub(super) struct Row<'f> {
    pub(super) fact: &'f Fact<TextId>,
    pub(super) time: i64,
    /// The user: the identified one to whom an anonymous ID belongs, where it belongs to one only.
    pub(super) person: Option<TextId>,
    /// Whether the filters let it through.
    pub(super) lets: bool,
}
