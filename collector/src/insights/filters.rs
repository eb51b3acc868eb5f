//! Filters of texts, by the IDs of the texts.

use super::error::InsightError;
use super::ids::IdMap;
use super::pattern::is_like;
use crate::store::{Column, Fact, FactRows, READ, Reads, TextFilter, TextId};
use std::cell::RefCell;

/// Bytes of what is known of a text, in memory.
const KNOWN_BYTES: usize = 24;

/// A filter whose texts are IDs.
pub(super) struct Filter<'r> {
    filter: &'r TextFilter,
    values: Vec<Option<TextId>>,
    /// What the patterns say of each text.
    matched: RefCell<IdMap<TextId, bool>>,
}

impl<'r> Filter<'r> {
    pub(super) fn all(facts: &dyn FactRows, filters: &'r [TextFilter]) -> Result<Vec<Self>, InsightError> {
        filters.iter().map(|filter| Filter::of(facts, filter)).collect()
    }

    fn of(facts: &dyn FactRows, filter: &'r TextFilter) -> Result<Self, InsightError> {
        let mut values = Vec::new();
        for value in &filter.values {
            match value {
                None => values.push(None),
                // A text that no event has lets nothing through.
                Some(value) if !filter.column.is_pattern(value) => values.extend(facts.find(value)?.map(Some)),
                Some(_) => {}
            }
        }
        Ok(Filter { filter, values, matched: RefCell::default() })
    }

    pub(super) fn column(&self) -> Column {
        self.filter.column
    }

    /// Whether it lets an event through.
    /// `keep` accounts for the bytes that it keeps.
    pub(super) fn lets(
        &self,
        facts: &dyn FactRows,
        fact: &Fact<TextId>,
        keep: impl FnOnce(usize) -> Result<(), InsightError>,
    ) -> Result<bool, InsightError> {
        let text = text_of(self.filter.column, fact);
        let is = self.values.contains(&text) || self.is_matched(facts, text, keep)?;
        Ok(is == self.filter.is)
    }

    fn is_matched(
        &self,
        facts: &dyn FactRows,
        text: Option<TextId>,
        keep: impl FnOnce(usize) -> Result<(), InsightError>,
    ) -> Result<bool, InsightError> {
        let is_pattern = |value: &&String| self.filter.column.is_pattern(value);
        let mut patterns = self.filter.values.iter().flatten().filter(is_pattern).peekable();
        let Some(id) = text.filter(|_| patterns.peek().is_some()) else { return Ok(false) };
        if let Some(known) = self.matched.borrow().get(&id) {
            return Ok(*known);
        }
        let text = facts.text(id)?;
        let is = patterns.any(|pattern| is_like(&text, pattern));
        self.matched.borrow_mut().insert(id, is);
        keep(KNOWN_BYTES)?;
        Ok(is)
    }
}

/// These members, and the text of a column.
pub(super) fn read_column(mut reads: Reads, column: Column) -> Reads {
    let texts = &mut reads.texts;
    *match column {
        Column::Type => &mut texts.kind,
        Column::Path => &mut texts.path,
        Column::Content => &mut texts.content,
        Column::Version => &mut texts.content_version,
        Column::Country => &mut texts.country,
        Column::Browser => &mut texts.browser,
        Column::Os => &mut texts.os,
    } = READ;
    reads
}

fn text_of(column: Column, fact: &Fact<TextId>) -> Option<TextId> {
    match column {
        Column::Type => fact.texts.kind,
        Column::Path => fact.texts.path,
        Column::Content => fact.texts.content,
        Column::Version => fact.texts.content_version,
        Column::Country => fact.texts.country,
        Column::Browser => fact.texts.browser,
        Column::Os => fact.texts.os,
    }
}
