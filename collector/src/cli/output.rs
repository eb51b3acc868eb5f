//! Standard output.

use std::io::Write;

/// A closed standard output is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
