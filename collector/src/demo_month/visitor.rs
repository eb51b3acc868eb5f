//! Who visits: some are new on their day, some come back. A visitor is the same on every visit.

use super::random::Random;
use super::shop::{DEVICES, Device, HOMES, Home};
use uuid::Uuid;

/// A visitor, known by the day of the first visit and a number on that day.
pub(super) struct Visitor {
    /// The ID that the browser keeps.
    pub(super) anonymous: Uuid,
    /// The shop's own ID, of those who have an account.
    pub(super) known: Option<String>,
    pub(super) device: Option<&'static Device>,
    pub(super) home: Option<&'static Home>,
    /// Whether it is the first visit.
    pub(super) is_new: bool,
}

/// New visitors on a day; the shop grows slowly.
const NEW: i64 = 26;

impl Visitor {
    /// Draws a visitor of a day, which is counted from 1970.
    pub(super) fn draw(day: i64, random: &mut Random) -> Self {
        // Who comes back does so within days, and some a week or two later.
        let back = match random.below(100) {
            0..55 => 0,
            55..75 => 1 + random.below(4),
            75..88 => 7,
            88..95 => 14,
            _ => 1 + random.below(28),
        };
        let first = day - back;
        let number = random.below(if back == 0 { NEW * 2 } else { NEW });
        let mut own = Random::seeded((first * 10_000 + number) as u64);
        let (anonymous, has_account) = (own.guid(), own.chance(36));
        let known = has_account.then(|| format!("customer-{}", 10_000 + own.below(90_000)));
        Visitor { anonymous, known, device: own.pick(&DEVICES), home: own.pick(&HOMES), is_new: back == 0 }
    }
}
