//! Delivery: events become batches, batches are sent until the collector acknowledges them. In: events with their context,
//! replies, what other tabs left. Out: requests, stored batches, losses that are counted and reported. It knows no session
//! and no consent: [`Terms`] says what it may do.

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
pub use response::Answer;
pub use retry::{BREAKER, FIRST_WAIT_MS, LONGEST_WAIT_MS, Retry};
pub use terms::Terms;

use crate::call_error::{CallError, FlushError};
use crate::host::{Effect, Host};
use crate::scope::Scope;
use serde_json::value::RawValue;
use std::mem::take;
use uuid::Uuid;
use waymark_wire::{Context, Lost, Reason};

/// Everything that was recorded and is not acknowledged yet.
#[derive(Debug, Default)]
pub struct Delivery {
    queue: queue::Queue,
    outbox: Outbox,
    tab: tab::Tab,
    /// How many events were recorded in the tab: the number of the next one.
    recorded: u64,
    /// What the tab has lost.
    lost: Lost,
    /// The part of `lost` that a batch has reported to the collector.
    reported: Lost,
    /// Losses that no flush has returned yet.
    unreported: Lost,
    /// Whether events wait in the queue until user and session are known.
    is_held: bool,
    /// Whether a page that was left gave events to the browser, and no flush has said so yet.
    is_handed_over: bool,
    /// Whether something changed since unacknowledged events were stored.
    is_unsaved: bool,
    /// Whether they will be stored when the page is idle.
    is_save_scheduled: bool,
    /// Whether it has asked for the lock of its tab.
    is_owner: bool,
    /// Whether a flush waits for replies.
    is_flushing: bool,
}

impl Delivery {
    /// The tab's ID, once user and session were known.
    pub fn tab(&self) -> Option<Uuid> {
        self.tab.id()
    }

    fn tab_id(&self) -> Uuid {
        self.tab.id().unwrap_or_default()
    }

    /// Whether the page was left, as far as is known.
    pub fn is_tab_closed(&self) -> bool {
        self.tab.is_closed()
    }

    /// How many events the open batch has.
    pub fn queued(&self) -> u32 {
        self.queue.len()
    }

    /// How many batches are not acknowledged yet.
    pub fn unsent(&self) -> usize {
        self.outbox.len()
    }

    /// What the tab has lost.
    pub fn lost(&self) -> Lost {
        self.lost
    }

    /// Whether unacknowledged batches live in the page's memory only.
    pub fn is_memory_only(&self) -> bool {
        self.outbox.is_memory_only
    }

    /// The number of the open batch among the page's.
    pub fn batch_number(&self) -> u32 {
        self.queue.number()
    }

    /// Holds events until [`Delivery::release`].
    pub fn hold(&mut self) {
        self.is_held = true;
    }

    /// User and session are known: `context` completes that of the held events.
    pub fn release(&mut self, context: &Context, scope: &Scope, host: &mut impl Host) {
        self.is_held = false;
        if self.tab.id().is_none() {
            self.recorded += self.tab.open(&mut self.lost, scope, host);
        }
        self.queue.backfill(context);
    }

    /// An event was lost that has no number. The next batch reports it.
    pub fn lose(&mut self, reason: Reason) {
        self.lost.add(reason, 1);
        self.is_unsaved = true;
    }

    /// An event was lost that no call of the page returned an error for. The next flush does.
    pub fn note_loss(&mut self) {
        self.unreported.add(Reason::Held, 1);
    }

    /// Makes room for an event with that many bytes of data. Returns `false` where events are held and the buffer is full;
    /// the event is then counted as lost.
    pub fn make_room(&mut self, data_bytes: usize, terms: &Terms<'_>, host: &mut impl Host) -> bool {
        let is_full = self.queue.is_too_full_for(data_bytes);
        if is_full && self.is_held {
            self.lost.add(Reason::Held, 1);
            return false;
        }
        if is_full {
            self.dispatch(terms, host);
        }
        true
    }

    /// The events pushed from now on share `context`.
    pub fn set_context(&mut self, context: &Context) {
        self.queue.set_context(context);
    }

    /// Adds an event that happened at `at`, epoch ms. [`Delivery::make_room`] comes before.
    pub fn push(&mut self, at: i64, kind: &str, data: Box<RawValue>, terms: &Terms<'_>, host: &mut impl Host) {
        self.queue.push(host.now(), at, kind, data);
        self.recorded += 1;
        self.is_unsaved = true;
        self.dispatch_full(terms, host);
    }

    /// Nothing that is not sent yet may be sent any more.
    pub fn withdraw(&mut self, scope: &Scope, host: &mut impl Host) {
        let events = self.queue.take().len();
        // The numbers of these events were never sent.
        self.recorded -= u64::from(events);
        self.unreported.add(Reason::Withdrawn, events);
        let tab = self.tab_id();
        self.outbox.withdraw(Own { scope, tab, lost: &mut self.lost, unreported: &mut self.unreported });
        host.push(Effect::SendAtUnload(None));
        self.is_held = false;
    }

    /// A flush waits.
    pub fn begin_flush(&mut self) {
        self.is_flushing = true;
    }

    /// Ends the flushes that wait, if everything was acknowledged or lost. `refusal`: why the collector refuses the page.
    pub fn settle_delivered(&mut self, refusal: Option<CallError>, host: &mut impl Host) {
        if !self.outbox.is_empty() {
            return;
        }
        let lost = (!self.unreported.is_empty()).then_some(CallError::EventsLost);
        let handed_over = self.is_handed_over.then_some(CallError::Unanswered);
        self.settle(refusal.or(lost).or(handed_over), host);
    }

    /// Ends the flushes that wait. Each loss is returned once.
    pub fn settle(&mut self, error: Option<CallError>, host: &mut impl Host) {
        if take(&mut self.is_flushing) {
            let lost = take(&mut self.unreported);
            self.is_handed_over &= error != Some(CallError::Unanswered);
            host.push(Effect::Settle(error.map_or(Ok(()), |error| Err(FlushError { error, lost }))));
        }
    }
}
