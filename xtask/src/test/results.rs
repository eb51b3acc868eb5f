//! Counts of tests, as the lines `test result: ok. 3 passed; 0 failed; …` tell them.

use std::ops::AddAssign;

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Results {
    pub passed: usize,
    pub failed: usize,
}

impl Results {
    /// The counts of a line, if it is one that tells them.
    pub fn read(line: &str) -> Option<Self> {
        let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let count = |what: &str| {
            counts.split("; ").find_map(|part| part.strip_suffix(what)?.trim().parse::<usize>().ok()).unwrap_or(0)
        };
        Some(Self { passed: count("passed"), failed: count("failed") })
    }

    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl AddAssign for Results {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_both_runners_are_read() {
        for line in [
            "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.02s",
            "test result: FAILED. 12 passed; 3 failed; 1 ignored; 4 filtered out; finished in 0.02s",
        ] {
            assert_eq!(Results::read(line), Some(Results { passed: 12, failed: 3 }), "{line}");
        }
    }

    #[test]
    fn other_lines_tell_nothing() {
        assert_eq!(Results::read("test queue::tests::the_oldest_goes ... ok"), None);
        assert_eq!(Results::read("running 3 tests"), None);
    }
}
