//! The door to the recorder: one input at a time, effects carried out after the recorder is let go of.

use super::host::BrowserHost;
use super::{lifecycle, sender};
use crate::{Input, Recorder};
use std::cell::RefCell;

thread_local! {
    static RUNNING: RefCell<(Recorder, BrowserHost)> = const { RefCell::new((Recorder::new(), BrowserHost::new())) };
}

/// The answer to a call made while another is being answered: a getter of the page's own, read for the user's ID,
/// called the recorder. The loader makes the call again a moment later.
pub const BUSY: &str = "busy";

/// Starts the recorder of this page. Answers with what was wrong, or with nothing.
pub fn start(settings: &str, at: i64) -> Option<String> {
    enter(|recorder, host| {
        let outcome = recorder.start(settings, at, host);
        if let (Ok(()), Some(collector)) = (&outcome, recorder.collector()) {
            lifecycle::watch(collector);
        }
        outcome.err()
    })
    .unwrap_or_else(|busy| Some(busy.to_owned()))
}

/// Hands `input` to the recorder.
///
/// # Errors
/// What is wrong with the call; [`BUSY`] where it must be made again.
pub fn take(input: Input<'_>) -> Result<(), &'static str> {
    enter(|recorder, host| recorder.on(input, host)).unwrap_or_else(Err)
}

fn enter<T>(visit: impl FnOnce(&mut Recorder, &mut BrowserHost) -> T) -> Result<T, &'static str> {
    let visited = RUNNING.try_with(|running| {
        let mut running = running.try_borrow_mut().ok()?;
        let (recorder, host) = &mut *running;
        Some(visit(recorder, host))
    });
    let outcome = visited.ok().flatten().ok_or(BUSY)?;
    sender::carry_out();
    Ok(outcome)
}
