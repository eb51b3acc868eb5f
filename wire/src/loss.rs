//! What the recorder could not deliver, by reason. Every batch declares the tab's losses so far, so that the collector
//! can tell *created = stored + lost + missing*.

use crate::json::Object;

/// Why an event will never arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Reason {
    /// Its data was over [`crate::limits::DATA_BYTES`].
    TooLarge,
    /// The collector could not be reached and the oldest had to make room.
    Overflow,
    /// The collector refused it for good.
    Refused,
}

impl Reason {
    const ALL: [Reason; 3] = [Reason::TooLarge, Reason::Overflow, Reason::Refused];

    /// The reason's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Reason::TooLarge => "too_large",
            Reason::Overflow => "overflow",
            Reason::Refused => "refused",
        }
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
    pub(crate) fn write(&self, out: &mut String) {
        let mut object = Object::open(out);
        for reason in Reason::ALL {
            if self.count(reason) > 0 {
                object.int(reason.name(), self.count(reason).into());
            }
        }
        object.close();
    }
}
