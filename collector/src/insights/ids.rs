//! Sets and maps of texts' IDs. The store gives these numbers, from 1 up, so a plain hash will do, and a large set is an
//! array of bits.

use crate::store::TextId;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

pub(super) type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;
pub(super) type IdPairs<K> = HashSet<K, BuildHasherDefault<IdHasher>>;

/// Hashes numbers by a multiplication.
#[derive(Clone, Copy, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        // The odd number next to 2^64 divided by the golden ratio.
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        // A table takes its places from the lowest bits, and the highest are the ones that are mixed.
        self.0.rotate_left(26)
    }
}

/// Below so many IDs a set is never an array of bits.
const FEW: usize = 64;

/// Bytes of an ID in a hash table, about.
const ENTRY_BYTES: usize = 10;

/// A set of IDs.
#[derive(Default)]
pub(super) struct Ids {
    few: IdPairs<TextId>,
    bits: Vec<u64>,
    count: usize,
    largest: usize,
}

impl Ids {
    /// Whether the ID was not there before.
    pub(super) fn insert(&mut self, id: TextId) -> bool {
        let number = id.number() as usize;
        self.largest = self.largest.max(number);
        let is_new = if self.bits.is_empty() { self.few.insert(id) } else { self.set(number) };
        self.count += usize::from(is_new);
        if is_new && self.bits.is_empty() && self.count >= FEW && self.count * ENTRY_BYTES > self.largest / 8 {
            for id in std::mem::take(&mut self.few) {
                self.set(id.number() as usize);
            }
        }
        is_new
    }

    pub(super) fn contains(&self, id: TextId) -> bool {
        match self.bits.get(id.number() as usize / 64) {
            Some(word) => word & (1 << (id.number() % 64)) != 0,
            None => self.few.contains(&id),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn clear(&mut self) {
        *self = Ids::default();
    }

    pub(super) fn bytes(&self) -> usize {
        self.few.len() * ENTRY_BYTES + self.bits.len() * 8
    }

    fn set(&mut self, number: usize) -> bool {
        let place = number / 64;
        if place >= self.bits.len() {
            // Later IDs are larger ones: room for some of them.
            self.bits.resize(place + place / 8 + 1, 0);
        }
        let Some(word) = self.bits.get_mut(place) else { return false };
        let is_new = *word & (1 << (number % 64)) == 0;
        *word |= 1 << (number % 64);
        is_new
    }
}

/// Gives IDs that lie far apart numbers of their own, from 1 up, so that sets of them are small.
#[derive(Default)]
pub(super) struct Numbers(IdMap<TextId, TextId>);

impl Numbers {
    /// Bytes of an ID in memory.
    pub(super) const BYTES: usize = 12;

    /// The number of an ID, and whether it is new.
    pub(super) fn of(&mut self, id: TextId) -> (TextId, bool) {
        let next = i64::try_from(self.0.len() + 1).ok().and_then(TextId::of).unwrap_or(id);
        let number = *self.0.entry(id).or_insert(next);
        (number, number == next)
    }
}

/// When a map of what is still open is looked through for what has ended: once it is twice as large as after the last
/// look.
pub(super) struct Sweep(usize);

impl Default for Sweep {
    fn default() -> Self {
        Sweep(1_024)
    }
}

impl Sweep {
    pub(super) fn is_due(&self, open: usize) -> bool {
        open >= self.0
    }

    pub(super) fn done(&mut self, open: usize) {
        self.0 = (open * 2).max(1_024);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_set_of_ids_is_a_set(numbers in prop::collection::vec(1..4_000_i64, 0..900)) {
            let (mut ids, mut plain) = (Ids::default(), HashSet::new());
            for id in numbers.into_iter().filter_map(TextId::of) {
                prop_assert_eq!(ids.insert(id), plain.insert(id));
            }
            prop_assert_eq!(ids.len(), plain.len());
            prop_assert!((1..4_000).filter_map(TextId::of).all(|id| ids.contains(id) == plain.contains(&id)));
        }
    }
}
