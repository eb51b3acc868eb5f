//! Delivery: collects events in batches and sends the batches until the collector acknowledges them. In: events with
//! their context, replies, batches that other tabs left. Out: requests, stored batches, losses that are counted and
//! reported. Delivery knows neither session nor consent: [`Terms`] says what it may do.

pub mod batch;
pub mod outbox;
mod persistence;
pub mod queue;
mod response;
pub mod retry;
mod sending;
pub mod stored_batch;
pub mod tab;
pub mod terms;

pub use batch::Batch;
pub use outbox::reply::Outcome;
pub use outbox::{Outbox, Own};
pub use response::Response;
pub use retry::{BREAKER, FIRST_WAIT_MS, LONGEST_WAIT_MS, Retry};
pub use terms::Terms;

use crate::call_error::{CallError, FlushError};
use crate::host::{Effect, Host};
use crate::scope::Scope;
use serde_json::value::RawValue;
use std::mem::take;
use uuid::Uuid;
use waymark_wire::{Context, Lost, Reason};

/// All events that are recorded and not acknowledged yet.
#[derive(Debug, Default)]
pub struct Delivery {
    queue: queue::Queue,
    outbox: Outbox,
    tab: tab::Tab,
    /// The number of events that the tab has recorded, which is also the number of the next event.
    recorded: u64,
    /// All losses of the tab.
    losses: Lost,
    /// The value of `losses` in the last batch that was enqueued.
    reported_losses: Lost,
    /// Losses that no flush has returned yet.
    unreturned_losses: Lost,
    /// Whether events wait in the queue until user and session are known.
    is_held: bool,
    /// Whether the page left unacknowledged events in storage when it was closed, and no flush has returned that yet.
    is_handed_over: bool,
    /// Whether events or losses changed since the last save.
    is_unsaved: bool,
    /// Whether a save is scheduled for the next idle moment.
    is_save_scheduled: bool,
    /// Whether the page has asked for the lock of its tab.
    is_owner: bool,
    /// Whether a flush waits for replies.
    is_flushing: bool,
}

impl Delivery {
    /// The tab's ID. `None` until user and session are known.
    pub fn tab(&self) -> Option<Uuid> {
        self.tab.id()
    }

    fn tab_id(&self) -> Uuid {
        self.tab.id().unwrap_or_default()
    }

    /// Whether the page has stored its tab, as it does when it is closed.
    pub fn is_tab_closed(&self) -> bool {
        self.tab.is_closed()
    }

    /// The number of events in the open batch.
    pub fn queued(&self) -> u32 {
        self.queue.len()
    }

    /// The number of batches that are not acknowledged yet.
    pub fn unsent(&self) -> usize {
        self.outbox.len()
    }

    /// All losses of the tab.
    pub fn losses(&self) -> Lost {
        self.losses
    }

    /// Whether unacknowledged batches live in the page's memory only.
    pub fn is_memory_only(&self) -> bool {
        self.outbox.is_memory_only
    }

    /// The number of the open batch within the page.
    pub fn batch_number(&self) -> u32 {
        self.queue.number()
    }

    /// Holds events until [`Delivery::release`].
    pub fn hold(&mut self) {
        self.is_held = true;
    }

    /// Releases the held events: user and session are known. `context` completes the context of the held events.
    pub fn release(&mut self, context: &Context, scope: &Scope, host: &mut impl Host) {
        self.is_held = false;
        if self.tab.id().is_none() {
            self.recorded += self.tab.open(&mut self.losses, scope, host);
        }
        self.queue.backfill(context);
    }

    /// Counts the loss of an event that has no number. The next batch reports the loss.
    pub fn lose(&mut self, reason: Reason) {
        self.losses.add(reason, 1);
        self.is_unsaved = true;
    }

    /// Counts the loss of an event for which no call of the page returned an error. The next flush returns the loss.
    pub fn note_loss(&mut self, reason: Reason) {
        self.unreturned_losses.add(reason, 1);
    }

    /// Makes room for an event with `data_bytes` bytes of data. Returns `false` if events are held and the buffer is
    /// full: the event is then counted as lost.
    pub fn make_room(&mut self, data_bytes: usize, terms: &Terms<'_>, host: &mut impl Host) -> bool {
        let is_full = self.queue.is_too_full_for(data_bytes);
        if is_full && self.is_held {
            self.losses.add(Reason::Held, 1);
            return false;
        }
        if is_full {
            self.dispatch(terms, host);
        }
        true
    }

    /// Sets the context of all events pushed from now on.
    pub fn set_context(&mut self, context: &Context) {
        self.queue.set_context(context);
    }

    /// Adds an event that happened at `at`, epoch ms. Call [`Delivery::make_room`] first.
    pub fn push(&mut self, at: i64, kind: &str, data: Box<RawValue>, terms: &Terms<'_>, host: &mut impl Host) {
        self.queue.push(at, kind, data, host);
        self.recorded += 1;
        self.is_unsaved = true;
        self.dispatch_full(terms, host);
    }

    /// Drops all events that are not sent yet, because sending them is no longer permitted.
    pub fn withdraw(&mut self, scope: &Scope, host: &mut impl Host) {
        let events = self.queue.take().len();
        // The numbers of these events were never sent.
        self.recorded -= u64::from(events);
        self.unreturned_losses.add(Reason::Withdrawn, events);
        let tab = self.tab_id();
        self.outbox.withdraw(Own { scope, tab, lost: &mut self.losses, unreturned: &mut self.unreturned_losses });
        host.push(Effect::SendAtUnload(None));
        self.is_held = false;
    }

    /// Notes that a flush waits for a result.
    pub fn begin_flush(&mut self) {
        self.is_flushing = true;
    }

    /// Settles the waiting flushes if every event is acknowledged or lost. `refusal`: why the collector refuses the
    /// page.
    pub fn settle_delivered(&mut self, refusal: Option<CallError>, host: &mut impl Host) {
        if !self.outbox.is_empty() {
            return;
        }
        let lost = (!self.unreturned_losses.is_empty()).then_some(CallError::EventsLost);
        let handed_over = self.is_handed_over.then_some(CallError::ResponseUnknown);
        self.settle(refusal.or(lost).or(handed_over), host);
    }

    /// Settles the waiting flushes with `error`. Each loss is returned once.
    pub fn settle(&mut self, error: Option<CallError>, host: &mut impl Host) {
        if take(&mut self.is_flushing) {
            let lost = take(&mut self.unreturned_losses);
            self.is_handed_over &= error != Some(CallError::ResponseUnknown);
            host.push(Effect::ResolveFlushes(error.map_or(Ok(()), |error| Err(FlushError { error, lost }))));
        }
    }
}
