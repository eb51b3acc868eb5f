//! Standard output.

use std::io::Write;

/// A closed standard output is no reason to stop.
pub(crate) fn print_line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
