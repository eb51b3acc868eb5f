//! Lost events, counted by reason. Every batch reports the tab's losses so far, so that the collector can compute
//! *created = stored + lost + missing*.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($(#[doc = $meaning:literal] $reason:ident $field:ident $name:literal;)*) => {
        /// The reason why an event will never arrive.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason {
            $(#[doc = $meaning] $reason,)*
        }

        impl Reason {
            /// All reasons.
            pub const ALL: [Reason; [$(Reason::$reason),*].len()] = [$(Reason::$reason,)*];

            /// The reason's name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Reason::$reason => $name,)* }
            }

            /// The reason's meaning, for documentation.
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
            /// The number of events lost for `reason`.
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
    /// The event's data was over 32,768 bytes. The event had no number.
    TooLarge too_large "too_large";
    /// The buffer of events that wait for consent, user ID or session was full. The event had no number.
    Held held "held";
    /// The page captured more than ten events a second, after a burst of fifty. The event had no number.
    Rate rate "rate";
    /// The collector could not be reached, and the oldest events were dropped because there was no room.
    Overflow overflow "overflow";
    /// The collector could not be reached for a week.
    Expired expired "expired";
    /// The collector rejected the event permanently.
    Refused refused "refused";
    /// The user withdrew the consent before the event was delivered.
    Withdrawn withdrawn "withdrawn";
    /// The event was stored for a later page, which could not read it.
    Unreadable unreadable "unreadable";
}

impl Reason {
    /// Whether an event lost for this reason had a number among the tab's events. If so, the loss explains a gap in the
    /// numbers; if not, the loss is counted in addition to the numbers.
    pub fn is_numbered(self) -> bool {
        !matches!(self, Reason::TooLarge | Reason::Held | Reason::Rate)
    }
}

impl Lost {
    /// Counts `events` more losses for `reason`.
    pub fn add(&mut self, reason: Reason, events: u32) {
        let count = self.count_mut(reason);
        *count = count.saturating_add(events);
    }

    /// Merges two reports of one tab. Counts only grow, so the larger count of each reason is the newer one.
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
