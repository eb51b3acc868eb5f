//! The error of a flush: the reason, and the losses that no call has reported yet.

use super::outcome::CallError;
use waymark_wire::{Lost, Reason};

/// The reason why a flush is not `ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlushError {
    /// The reason.
    pub error: CallError,
    /// The events lost since the last flush, by reason.
    pub lost: Lost,
}

impl FlushError {
    /// The message for the page: the reason, then the losses, such as `events were lost; lost for good: 3 refused by
    /// the collector`.
    pub fn message(&self) -> String {
        let mut text = String::from(self.error.message());
        let mut before = "; lost for good: ";
        for reason in Reason::ALL {
            let count = self.lost.count(reason);
            if count > 0 {
                text.push_str(before);
                text.push_str(itoa::Buffer::new().format(count));
                text.push_str(description(reason));
                before = ", ";
            }
        }
        text
    }
}

fn description(reason: Reason) -> &'static str {
    match reason {
        Reason::TooLarge => " too large",
        Reason::Held => " beyond a full buffer",
        Reason::Rate => " captured too fast",
        Reason::Overflow => " beyond what is stored while the collector is away",
        Reason::Expired => " too old",
        Reason::Refused => " refused by the collector",
        Reason::Withdrawn => " withdrawn by consent or level",
        Reason::Unreadable => " unreadable in the browser's storage",
    }
}
