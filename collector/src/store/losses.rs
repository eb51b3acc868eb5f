//! Losses that tabs report, by reason. In JSON an object of the reasons that occurred.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use waymark_wire::Reason;

/// Events lost, counted by [`Reason`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "BTreeMap<&'static str, u64>", from = "BTreeMap<String, u64>")]
pub struct Losses([u64; Reason::ALL.len()]);

/// Largest count of one reason: recorders count no further, and larger claims could make sums overflow.
const MAX: u64 = u32::MAX as u64;

impl Losses {
    /// Losses as a batch reports them, without unknown reasons.
    pub fn declared(lost: &BTreeMap<String, u64>) -> Self {
        let count = |reason: Reason| lost.get(reason.name()).copied().unwrap_or_default().min(MAX);
        Losses(Reason::ALL.map(count))
    }

    /// Sum of all losses.
    pub fn total(&self) -> u64 {
        self.0.iter().fold(0, |total, count| total.saturating_add(*count))
    }

    /// Losses of events that never had a number.
    pub fn unnumbered(&self) -> u64 {
        Reason::ALL.iter().filter(|reason| !reason.is_numbered()).map(|&reason| self.0[reason as usize]).sum()
    }

    /// The later of two reports of a tab, in either order: a tab's counts only grow.
    pub(super) fn later(self, other: Self) -> Self {
        self.with(&other, u64::max)
    }

    pub(super) fn plus(self, other: &Self) -> Self {
        self.with(other, u64::saturating_add)
    }

    pub(super) fn minus(self, other: &Self) -> Self {
        self.with(other, u64::saturating_sub)
    }

    fn with(mut self, other: &Self, combine: fn(u64, u64) -> u64) -> Self {
        for (count, other) in self.0.iter_mut().zip(other.0) {
            *count = combine(*count, other);
        }
        self
    }
}

impl From<Losses> for BTreeMap<&'static str, u64> {
    fn from(losses: Losses) -> Self {
        let named = Reason::ALL.into_iter().map(|reason| (reason.name(), losses.0[reason as usize]));
        named.filter(|(_, count)| *count > 0).collect()
    }
}

impl From<BTreeMap<String, u64>> for Losses {
    fn from(lost: BTreeMap<String, u64>) -> Self {
        Losses(Reason::ALL.map(|reason| lost.get(reason.name()).copied().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(lost: &[(&str, u64)]) -> Losses {
        Losses::declared(&lost.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect())
    }

    #[test]
    fn only_known_reasons_are_counted_and_only_so_far() {
        let losses = declared(&[("overflow", 2), ("held", 3), ("too_large", u64::MAX), ("<script>", 9)]);
        let text = r#"{"held":3,"overflow":2,"too_large":4294967295}"#;
        assert_eq!(serde_json::to_string(&losses).unwrap(), text);
        assert_eq!(serde_json::from_str::<Losses>(text).unwrap(), losses);
        assert_eq!((losses.total(), losses.unnumbered()), (MAX + 5, MAX + 3));
    }

    #[test]
    fn of_two_declarations_the_later_holds_whichever_came_first() {
        let (early, late) = (declared(&[("overflow", 2)]), declared(&[("overflow", 5), ("refused", 1)]));
        assert_eq!((early.later(late), late.later(early)), (late, late));
    }
}
