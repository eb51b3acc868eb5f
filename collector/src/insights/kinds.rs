//! Which rows a question visits: those of some types, of a session or of a content.

use super::row::Row;
use crate::store::TextId;

/// The IDs of types, in the order in which they were asked for.
pub(super) struct Kinds(Vec<Option<TextId>>);

impl Kinds {
    pub(super) const ALL: Kinds = Kinds(Vec::new());

    /// A type that no event has has no ID.
    pub(super) fn of(ids: Vec<Option<TextId>>) -> Self {
        Kinds(ids)
    }

    /// The types that are looked for; none if all are. `None` if no event can be of these types.
    pub(super) fn known(&self) -> Option<Vec<TextId>> {
        let known: Vec<_> = self.0.iter().copied().flatten().collect();
        (self.0.is_empty() || !known.is_empty()).then_some(known)
    }

    /// The place of a row's type.
    pub(super) fn place(&self, row: &Row<'_>) -> Option<usize> {
        self.place_of(row.fact.texts.kind)
    }

    /// The place of a type.
    pub(super) fn place_of(&self, kind: Option<TextId>) -> Option<usize> {
        kind.and_then(|kind| self.0.iter().position(|of| *of == Some(kind)))
    }
}

/// Rows that an index finds.
pub(super) enum Only {
    Session(TextId),
    Content(TextId),
}
