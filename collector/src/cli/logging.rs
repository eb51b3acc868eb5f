//! Logging to standard error, as WAYMARK_LOG, WAYMARK_LOG_FORMAT and NO_COLOR say.

use super::environment::variable;
use std::error::Error;
use std::io::IsTerminal;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Begins to log to standard error: what WAYMARK_LOG asks for, in the form that WAYMARK_LOG_FORMAT asks for.
pub(crate) fn begin() -> Result<(), Box<dyn Error>> {
    let said = variable("WAYMARK_LOG").unwrap_or_else(|| "info".to_owned());
    let wrong = || {
        format!("WAYMARK_LOG: `{said}` is no level (error, warn, info, debug, trace) or list such as info,hyper=debug")
    };
    // A word alone would be taken for a part of the program, all of which is to be logged.
    let is_level = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    let wanted: Targets = said.parse().map_err(|_| wrong())?;
    if !said.split(',').all(is_level) {
        return Err(wrong().into());
    }
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(has_colours());
    let lines = match variable("WAYMARK_LOG_FORMAT").as_deref() {
        None | Some("text") => lines.boxed(),
        Some("json") => lines.json().flatten_event(true).boxed(),
        Some(other) => return Err(format!("WAYMARK_LOG_FORMAT: `{other}` is neither text nor json").into()),
    };
    tracing_subscriber::registry().with(lines.with_filter(wanted)).init();
    Ok(())
}

/// Whether standard error is a terminal, and nothing says that it is to have no colours.
fn has_colours() -> bool {
    let is_dumb = variable("TERM").is_some_and(|terminal| terminal == "dumb");
    std::io::stderr().is_terminal() && variable("NO_COLOR").is_none() && !is_dumb
}
