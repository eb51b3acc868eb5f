//! The door to the recorder: one input at a time, effects carried out after the recorder is let go of.

use super::host::BrowserHost;
use super::{page, sender};
use crate::call_error::CallError;
use crate::recorder::Call;
use crate::{Input, Recorder};
use std::cell::RefCell;

thread_local! {
    static RUNNING: RefCell<(Recorder, BrowserHost)> = RefCell::new((Recorder::new(), BrowserHost::new()));
}

/// Starts the recorder of this page.
///
/// # Errors
/// Why it has not started; [`CallError::Busy`] where it must be started again.
pub fn start(settings: &str, at: i64) -> Result<(), CallError> {
    enter(|recorder, host| {
        recorder.start(settings, at, host)?;
        page::watch();
        Ok(())
    })
}

/// Hands `input` to the recorder.
///
/// # Errors
/// Why the call was not carried out; [`CallError::Busy`] where it must be made again: a getter of the page's own, read for
/// the user's ID, called the recorder while another call was carried out.
pub fn take(input: Input<'_>) -> Call {
    enter(|recorder, host| recorder.on(input, host))
}

fn enter<T>(visit: impl FnOnce(&mut Recorder, &mut BrowserHost) -> Result<T, CallError>) -> Result<T, CallError> {
    let visited = RUNNING.try_with(|running| {
        let mut running = running.try_borrow_mut().ok()?;
        let (recorder, host) = &mut *running;
        Some(visit(recorder, host))
    });
    let outcome = visited.ok().flatten().ok_or(CallError::Busy)?;
    sender::carry_out();
    outcome
}
