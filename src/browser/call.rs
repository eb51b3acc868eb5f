//! A call of the page: the command, the time and the page of the call, and the promise of its outcome.

use super::clock;
use super::command::Command;
use super::outcome::Pending;
use super::page::{self, PageSnapshot};
use std::cell::RefCell;

/// A call.
#[derive(Debug)]
pub struct PageCall {
    /// The command.
    pub command: Command,
    /// The time and the page of the call.
    pub moment: Moment,
    /// The latest end of its wait, epoch ms; `None` if it has not had to wait.
    pub until: Option<i64>,
    /// The promise of its outcome.
    pub pending: Pending,
}

/// The time and the page of a call.
#[derive(Debug)]
pub struct Moment {
    /// The time, epoch ms.
    pub at: i64,
    /// The page at that time; `None`: the current page.
    pub page: Option<PageSnapshot>,
}

thread_local! {
    static NEXT: RefCell<Option<Moment>> = const { RefCell::new(None) };
}

impl Moment {
    /// Sets the moment of the next call.
    pub fn set_next(moment: Moment) {
        NEXT.set(Some(moment));
    }

    /// The moment of the current call: now, unless the call waited for the recorder.
    pub fn of_call() -> Self {
        NEXT.take().unwrap_or_else(|| Moment { at: clock::now(), page: None })
    }

    /// Keeps the current page for a call that has to wait.
    pub fn keep_page(&mut self) {
        self.page.get_or_insert_with(page::snapshot);
    }
}
