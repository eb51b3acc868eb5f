//! What the recorder could not deliver, by reason. Every batch declares the tab's losses so far, so that the collector
//! can tell *created = stored + lost + missing*.

use crate::json::{self, Object};
use crate::text::{next_part, parse_int};

/// Why an event will never arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Reason {
    /// Its data was over [`crate::limits::DATA_BYTES`]. It had no number.
    TooLarge,
    /// More happened than is held while it is not known who the user is. It had no number.
    Held,
    /// The collector could not be reached and the oldest had to make room.
    Overflow,
    /// The collector could not be reached for so long that it is too old.
    Expired,
    /// The collector refused it for good.
    Refused,
    /// The user withdrew the consent before it was delivered.
    Withdrawn,
    /// It was kept for a later page, which could not read it.
    Unreadable,
}

impl Reason {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Reason; 7] = [
        Reason::TooLarge,
        Reason::Held,
        Reason::Overflow,
        Reason::Expired,
        Reason::Refused,
        Reason::Withdrawn,
        Reason::Unreadable,
    ];

    /// The names on the wire, in the order of [`Reason::ALL`], a space between them: one text, for the recorder loops
    /// over it.
    const NAMES: &str = "too_large held overflow expired refused withdrawn unreadable";

    /// The reason's name on the wire.
    pub fn name(self) -> &'static str {
        let mut rest = Self::NAMES;
        for _ in 0..self as usize {
            next_part(&mut rest, b' ');
        }
        next_part(&mut rest, b' ')
    }

    /// Whether what is lost for it had a number among the tab's events: then the number is a gap, explained; else it
    /// counts beside the numbers.
    pub fn is_numbered(self) -> bool {
        !matches!(self, Reason::TooLarge | Reason::Held)
    }
}

/// Events lost, counted by [`Reason`]. On the wire an object that names only the reasons that occurred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost([u32; Reason::ALL.len()]);

impl Lost {
    /// Nothing lost.
    pub const NONE: Lost = Lost([0; Reason::ALL.len()]);

    /// Counts `events` more.
    pub fn add(&mut self, reason: Reason, events: u32) {
        self.0[reason as usize] = self.0[reason as usize].saturating_add(events);
    }

    /// Declarations of one tab add up: of each reason the larger count is the newer one.
    pub fn merge(&mut self, other: &Lost) {
        for (count, other) in self.0.iter_mut().zip(other.0) {
            *count = (*count).max(other);
        }
    }

    /// How many were lost for `reason`.
    pub fn count(&self, reason: Reason) -> u32 {
        self.0[reason as usize]
    }

    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&count| count == 0)
    }
}

impl Lost {
    /// Appends the counts as plain text, for keeping.
    pub fn push(&self, out: &mut String) {
        for &count in &self.0 {
            json::push_int(out, count.into());
            out.push_str("-");
        }
    }

    /// Takes the counts from such a text, as far as they are there.
    pub fn read(&mut self, text: &str) {
        let mut rest = text;
        for count in &mut self.0 {
            *count = parse_int(next_part(&mut rest, b'-')).unwrap_or_default() as u32;
        }
    }

    /// Appends the reasons that occurred and their counts as a JSON object.
    pub fn write(&self, out: &mut String) {
        let mut object = Object::open(out);
        for reason in Reason::ALL {
            if self.count(reason) > 0 {
                object.int(reason.name(), self.count(reason).into());
            }
        }
        object.close();
    }
}
