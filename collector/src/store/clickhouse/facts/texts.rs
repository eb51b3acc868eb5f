//! The numbers that a question gives to texts and to rows, in the order in which it visits them: rows come from
//! ClickHouse in any order, and the same question must get the same numbers.

use crate::store::TextId;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use uuid::Uuid;

/// A text that was read: its place among those of the question, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read(NonZeroU32);

impl Read {
    /// The number of a text that was read, or of none: 0.
    pub(super) fn number(read: Option<Read>) -> u32 {
        read.map_or(0, |Read(number)| number.get())
    }
}

/// What has a number.
#[derive(Default)]
pub(super) struct Numbers {
    texts: HashMap<Arc<str>, Read>,
    /// The texts that were read, and the numbers of those that were visited.
    read: Vec<(Arc<str>, Option<TextId>)>,
    /// The texts that were visited, by their numbers from 1.
    visited: Vec<u32>,
    /// The events of the rows that were asked for their position. The first has position 1.
    events: Vec<Uuid>,
}

impl Numbers {
    /// The number of a text that a question asks for.
    pub(super) fn text(&mut self, text: &str) -> Option<TextId> {
        let read = self.read(text);
        self.visit(Read::number(read))
    }

    /// A text of a row.
    pub(super) fn read(&mut self, text: &str) -> Option<Read> {
        if let Some(read) = self.texts.get(text) {
            return Some(*read);
        }
        let name = Arc::<str>::from(text);
        self.read.push((Arc::clone(&name), None));
        let read = Read(u32::try_from(self.read.len()).ok().and_then(NonZeroU32::new)?);
        self.texts.insert(name, read);
        Some(read)
    }

    /// The number of a text that was read.
    pub(super) fn visit(&mut self, read: u32) -> Option<TextId> {
        let (_, number) = self.read.get_mut(place(read)?)?;
        if number.is_none() {
            self.visited.push(read);
            *number = i64::try_from(self.visited.len()).ok().and_then(TextId::of);
        }
        *number
    }

    /// The text with this number.
    pub(super) fn name(&self, id: TextId) -> Option<&str> {
        let read = *self.visited.get(place(id.number())?)?;
        self.read.get(place(read)?).map(|(name, _)| &**name)
    }

    /// The event at this position.
    pub(super) fn event(&self, position: i64) -> Option<Uuid> {
        let place = usize::try_from(position).ok()?.checked_sub(1)?;
        self.events.get(place).copied()
    }

    /// Gives positions to events. Returns that of the first.
    pub(super) fn events(&mut self, ids: impl Iterator<Item = Uuid>) -> i64 {
        let first = i64::try_from(self.events.len() + 1).unwrap_or(i64::MAX);
        self.events.extend(ids);
        first
    }
}

/// The place of what has a number from 1.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}
