//! A call of the page's: what it wants, when and where the page made it, and the promise that waits for its outcome.

use super::clock;
use super::command::Command;
use super::outcome::Pending;
use super::page::{self, Place};
use std::cell::RefCell;

/// A call.
#[derive(Debug)]
pub struct PageCall {
    /// What the page wants.
    pub command: Command,
    /// When and where.
    pub moment: Moment,
    /// Until when it waits for what it needs, epoch ms, once it does.
    pub until: Option<i64>,
    /// Its promise.
    pub pending: Pending,
}

/// When the page made a call, and where it was.
#[derive(Debug)]
pub struct Moment {
    /// Epoch ms.
    pub at: i64,
    /// `None`: the page as it is.
    pub place: Option<Place>,
}

thread_local! {
    static NEXT: RefCell<Option<Moment>> = const { RefCell::new(None) };
}

impl Moment {
    /// The next call was made then and there.
    pub fn set_next(moment: Moment) {
        NEXT.set(Some(moment));
    }

    /// Of the call that is made: now, unless it waited for the recorder.
    pub fn of_call() -> Self {
        NEXT.take().unwrap_or_else(|| Moment { at: clock::now(), place: None })
    }

    /// The call has to wait: it stays one of the page as it is now.
    pub fn stay(&mut self) {
        self.area.get_or_insert_with(page::place);
    }
}
