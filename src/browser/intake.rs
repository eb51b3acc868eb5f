//! The door to the recorder: one input at a time, effects carried out after the recorder is let go of.

use super::host::BrowserHost;
use crate::{Config, Input, Recorder};
use std::cell::RefCell;

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

struct Running {
    recorder: Recorder,
    host: BrowserHost,
}

/// The answer to a call made while another is being answered: a getter of the page's own, read for the user's ID,
/// called the recorder. The loader makes the call again a moment later.
pub const BUSY: &str = "busy";

/// Starts the recorder of this page.
///
/// # Errors
/// What is wrong with the settings, or that it was started before.
pub fn start(config: Config) -> Result<(), &'static str> {
    RUNNING.with(|running| {
        let Ok(mut running) = running.try_borrow_mut() else { return Err(BUSY) };
        if running.is_some() {
            return Err("init was called before: the first settings stay in force");
        }
        let mut host = BrowserHost::new(&config);
        let recorder = Recorder::start(config, &mut host)?;
        let effects = host.take_effects();
        *running = Some(Running { recorder, host });
        drop(running);
        effects.carry_out();
        Ok(())
    })
}

/// Hands `input` to the recorder.
///
/// # Errors
/// What is wrong with the call; [`BUSY`] where it must be made again.
pub fn take(input: Input<'_>) -> Result<(), &'static str> {
    with(|recorder, host| recorder.on(input, host))
}

/// Does something with the recorder and its host, then what the host was asked for.
///
/// # Errors
/// What `what` says, or that there is no recorder.
pub fn with(
    what: impl FnOnce(&mut Recorder, &mut BrowserHost) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    RUNNING.with(|running| {
        let Ok(mut running) = running.try_borrow_mut() else { return Err(BUSY) };
        let Some(Running { recorder, host }) = running.as_mut() else { return Err("call init first") };
        let outcome = what(recorder, host);
        let effects = host.take_effects();
        drop(running);
        effects.carry_out();
        outcome
    })
}
