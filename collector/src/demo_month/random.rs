//! Random numbers that depend on their seed alone, so that the month is the same each time it is made.

use uuid::Uuid;

/// A sequence of numbers (SplitMix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn seeded(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: i64) -> i64 {
        (self.next() >> 1) as i64 % limit.max(1)
    }

    /// Whether something happens that has this chance, in percent.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// One of these, by their weights.
    pub(super) fn pick<'a, T>(&mut self, weighted: &'a [(i64, T)]) -> Option<&'a T> {
        let mut rest = self.below(weighted.iter().map(|(weight, _)| weight).sum());
        weighted.iter().find_map(|(weight, item)| {
            rest -= weight;
            (rest < 0).then_some(item)
        })
    }

    pub(super) fn guid(&mut self) -> Uuid {
        let number = u128::from(self.next()) << 64 | u128::from(self.next());
        uuid::Builder::from_random_bytes(number.to_be_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_one_sequence() {
        let numbers = |seed| {
            let mut random = Random::seeded(seed);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn weights_are_kept() {
        let mut random = Random::seeded(1);
        let often = (0..10_000).filter(|_| random.pick(&[(9, true), (1, false)]) == Some(&true)).count();
        assert!((8_800..9_200).contains(&often), "{often}");
    }
}
