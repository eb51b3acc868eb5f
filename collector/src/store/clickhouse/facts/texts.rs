//! The numbers that a question gives to texts and to rows, in the order in which it visits them: rows come from
//! ClickHouse in any order, and the same question must get the same numbers.

use crate::store::TextId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use uuid::Uuid;

/// A text that was read: its place among those of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read(u32);

/// What has a number.
#[derive(Default)]
pub(super) struct Numbers {
    texts: HashMap<Arc<str>, Read>,
    /// The texts that were read, and the numbers of those that were visited.
    read: Vec<(Arc<str>, Option<TextId>)>,
    /// The texts that were visited, by their numbers from 1.
    visited: Vec<Read>,
    /// The events of the rows that were asked for their position. The first has position 1.
    events: Vec<Uuid>,
}

impl Numbers {
    /// The number of a text that a question asks for.
    pub(super) fn text(&mut self, text: &str) -> Option<TextId> {
        let read = self.read(text)?;
        self.visit(read)
    }

    /// A text of a row.
    fn read(&mut self, text: &str) -> Option<Read> {
        if let Some(read) = self.texts.get(text) {
            return Some(*read);
        }
        let (name, read) = (Arc::<str>::from(text), Read(u32::try_from(self.read.len()).ok()?));
        self.read.push((Arc::clone(&name), None));
        self.texts.insert(name, read);
        Some(read)
    }

    /// The number of a text that was read.
    pub(super) fn visit(&mut self, read: Read) -> Option<TextId> {
        let (_, number) = self.read.get_mut(read.0 as usize)?;
        if number.is_none() {
            self.visited.push(read);
            *number = i64::try_from(self.visited.len()).ok().and_then(TextId::of);
        }
        *number
    }

    /// The text with this number.
    pub(super) fn name(&self, id: TextId) -> Option<&str> {
        let place = usize::try_from(id.number()).ok()?.checked_sub(1)?;
        self.visited.get(place).and_then(|read| self.read.get(read.0 as usize)).map(|(name, _)| &**name)
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

/// The texts of a column of a block. Equal ones lie at the same address, that of the block's dictionary,
/// so the text itself is looked up once.
#[derive(Default)]
pub(super) struct Codes {
    by_address: HashMap<usize, Read, BuildHasherDefault<AddressHasher>>,
    last: Option<(usize, Read)>,
}

impl Codes {
    /// A text of the column.
    pub(super) fn read(&mut self, text: &str, numbers: &mut Numbers) -> Option<Read> {
        // An empty text lies where the next one begins.
        if text.is_empty() {
            return numbers.read(text);
        }
        let address = text.as_ptr().addr();
        if let Some((_, read)) = self.last.filter(|(last, _)| *last == address) {
            return Some(read);
        }
        let read = match self.by_address.get(&address) {
            Some(read) => *read,
            None => {
                let read = numbers.read(text)?;
                self.by_address.insert(address, read);
                read
            }
        };
        self.last = Some((address, read));
        Some(read)
    }
}

/// Hashes an address, which nobody outside can choose, by a multiplication.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, address: usize) {
        // The odd number next to 2^64 divided by the golden ratio.
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        // A table takes its places from the lowest bits, and the highest are the ones that are mixed.
        self.0.rotate_left(26)
    }
}
