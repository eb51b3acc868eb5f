//! The numbers that a question gives to texts and to rows, in the order in which it reads them.

use crate::store::TextId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use uuid::Uuid;

/// What has a number.
#[derive(Default)]
pub(super) struct Numbers {
    texts: HashMap<Arc<str>, TextId>,
    names: Vec<Arc<str>>,
    /// The events of the rows that were asked for their position. The first has position 1.
    events: Vec<Uuid>,
}

impl Numbers {
    /// The number of a text.
    pub(super) fn text(&mut self, text: &str) -> Option<TextId> {
        if let Some(id) = self.texts.get(text) {
            return Some(*id);
        }
        let name: Arc<str> = Arc::from(text);
        let id = i64::try_from(self.names.len() + 1).ok().and_then(TextId::of)?;
        self.names.push(Arc::clone(&name));
        self.texts.insert(name, id);
        Some(id)
    }

    /// The text with this number.
    pub(super) fn name(&self, id: TextId) -> Option<&str> {
        let place = usize::try_from(id.number()).ok()?.checked_sub(1)?;
        self.names.get(place).map(|name| &**name)
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

/// The numbers of the texts of a column of a block. Equal ones lie at the same address, that of the block's dictionary,
/// so the text itself is looked up once.
#[derive(Default)]
pub(super) struct Codes {
    by_address: HashMap<usize, TextId, BuildHasherDefault<AddressHasher>>,
    last: Option<(usize, TextId)>,
}

impl Codes {
    /// The number of a text of the column.
    pub(super) fn number(&mut self, text: &str, numbers: &mut Numbers) -> Option<TextId> {
        // An empty text lies where the next one begins.
        if text.is_empty() {
            return numbers.text(text);
        }
        let address = text.as_ptr().addr();
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == address) {
            return Some(number);
        }
        let number = match self.by_address.get(&address) {
            Some(number) => *number,
            None => {
                let number = numbers.text(text)?;
                self.by_address.insert(address, number);
                number
            }
        };
        self.last = Some((address, number));
        Some(number)
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
