//! What the recorder could not deliver, by reason. Every batch declares the tab's losses so far, so that the collector
//! can tell *created = stored + lost + missing*.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($(#[doc = $meaning:literal] $reason:ident $field:ident $name:literal;)*) => {
        /// Why an event will never arrive.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason {
            $(#[doc = $meaning] $reason,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: [Reason; [$(Reason::$reason),*].len()] = [$(Reason::$reason,)*];

            /// The reason's name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Reason::$reason => $name,)* }
            }

            /// What it means, for documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Reason::$reason => $meaning,)* }
            }
        }

        /// Events lost, counted by [`Reason`]. On the wire an object that names only the reasons that occurred.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Lost {
            $(
                #[doc = $meaning]
                #[serde(rename = $name, skip_serializing_if = "is_zero")]
                $field: u32,
            )*
        }

        impl Lost {
            /// How many were lost for `reason`.
            pub fn count(&self, reason: Reason) -> u32 {
                match reason { $(Reason::$reason => self.$field,)* }
            }

            fn count_mut(&mut self, reason: Reason) -> &mut u32 {
                match reason { $(Reason::$reason => &mut self.$field,)* }
            }
        }
    };
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

reasons! {
    /// Its data was over 32,768 bytes. It had no number.
    TooLarge too_large "too_large";
    /// The buffer of events that wait for consent, for the user's ID or for the session was full. It had no number.
    Held held "held";
    /// The collector could not be reached, and the oldest events had to make room.
    Overflow overflow "overflow";
    /// The collector could not be reached for a week.
    Expired expired "expired";
    /// The collector refused it for good.
    Refused refused "refused";
    /// The user withdrew the consent before it was delivered.
    Withdrawn withdrawn "withdrawn";
    /// It was kept for a later page, which could not read it.
    Unreadable unreadable "unreadable";
}

impl Reason {
    /// Whether what is lost for it had a number among the tab's events: then the number is a gap, explained; else it
    /// counts beside the numbers.
    pub fn is_numbered(self) -> bool {
        !matches!(self, Reason::TooLarge | Reason::Held)
    }
}

impl Lost {
    /// Counts `events` more.
    pub fn add(&mut self, reason: Reason, events: u32) {
        let count = self.count_mut(reason);
        *count = count.saturating_add(events);
    }

    /// Declarations of one tab add up: of each reason the larger count is the newer one.
    pub fn merge(&mut self, other: &Lost) {
        for reason in Reason::ALL {
            let count = self.count_mut(reason);
            *count = (*count).max(other.count(reason));
        }
    }

    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        *self == Lost::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reasons_that_occurred_are_named_by_their_names() {
        for reason in Reason::ALL {
            let mut lost = Lost::default();
            lost.add(reason, 3);
            let json = serde_json::to_string(&lost).unwrap();
            assert_eq!(json, format!(r#"{{"{}":3}}"#, reason.name()));
            assert_eq!(serde_json::from_str::<Lost>(&json).unwrap(), lost);
        }
        assert_eq!(serde_json::to_string(&Lost::default()).unwrap(), "{}");
    }
}
