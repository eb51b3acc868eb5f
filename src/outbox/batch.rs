//! A batch on its way, and its entry in the browser.

use super::entry;
use crate::host::{Host, Kept};
use crate::scope::Scope;
use waymark_wire::Lost;
use waymark_wire::level::Key;

/// A batch that was not acknowledged yet.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    /// Which batch, among the page's.
    pub number: u32,
    /// The tab that recorded it: a page sends what dead tabs left, too.
    pub tab: String,
    /// The number of its first event among the tab's.
    pub seq: u64,
    /// The number of the newest event that the tab is known to have recorded.
    pub last: u64,
    /// What the tab is known to have lost.
    pub lost: Lost,
    /// When it was closed, epoch ms.
    pub made: i64,
    /// What is in it, without its envelope.
    pub sealed: String,
    /// How many events that is; none where it only declares losses.
    pub events: u32,
    /// How often it was sent.
    pub attempts: u32,
    /// The GUID of the attempt that is on its way.
    pub request: String,
    /// How many events it had when it was kept in the browser, if it is.
    pub(super) kept: Option<u32>,
    /// It is not sent before this, epoch ms.
    pub(super) rest_until: i64,
    /// Whether it is on its way.
    pub(super) in_flight: bool,
    /// Whether it is not to be sent again, whatever the answer.
    pub(super) withdrawn: bool,
}

impl Batch {
    /// With nothing in it.
    pub(crate) const EMPTY: Batch = Batch {
        number: 0,
        tab: String::new(),
        seq: 0,
        last: 0,
        lost: Lost::NONE,
        made: 0,
        sealed: String::new(),
        events: 0,
        attempts: 0,
        request: String::new(),
        kept: None,
        rest_until: 0,
        in_flight: false,
        withdrawn: false,
    };

    /// Keeps it in the browser, in place of what it was when it was kept before. Says whether the browser does.
    pub(super) fn keep(&mut self, scope: &Scope, host: &mut impl Host) -> bool {
        let name = entry::name(scope, self, self.events);
        if host.save(&name, &entry::write(self), Key::OUTBOX.place, 0) != Kept::Stored {
            // Nor in the page's memory, where the batch is anyway.
            host.save(&name, "", Key::OUTBOX.place, 0);
            return false;
        }
        if !self.is_kept() {
            self.forget(scope, host);
        }
        self.kept = Some(self.events);
        true
    }

    /// Takes it out of the browser.
    pub(super) fn forget(&mut self, scope: &Scope, host: &mut impl Host) {
        if let Some(events) = self.kept {
            host.save(&entry::name(scope, self, events), "", Key::OUTBOX.place, 0);
        }
    }

    /// Whether the browser keeps it as it is.
    pub(super) fn is_kept(&self) -> bool {
        self.kept == Some(self.events)
    }

    /// The number after its last event's.
    pub(super) fn end(&self) -> u64 {
        self.seq + u64::from(self.events)
    }
}
