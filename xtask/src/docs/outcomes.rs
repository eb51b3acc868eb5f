//! The page `docs/outcomes.md`: every outcome of every command, from `CallError` in the recorder. Tests hold that the
//! committed page is what the table says.

use std::path::PathBuf;

use waymark::CallError;
use waymark::call_error::DONE;

use super::markdown::{code, table};
use crate::project::Project;

const HEAD: &str = "\
# Outcomes

Each call `waymark(command, ...)` returns a promise. The promise never rejects. It settles with `{ ok: true }`, with a `value`
beside it where a command asks for something, or with `{ ok: false, error }`, where `error` is one of the texts below. The console
shows each text once. No call answers `ok: true` for what did not happen.

`record` keeps what it can of data that JSON has no form for, and names in `note`, beside `ok: true`, what took its place, such as
`replaced in data: cart.owner by [circular]`: a BigInt by its digits, an object within itself by `[circular]`, a node by `[node]`,
`window` by `[window]`, a member whose getter or `toJSON` throws by `[unreadable]`, and a function by `[function]` where data holds
one of these or an empty object; else functions are left out, as JSON leaves them out. The console shows a note once.

This page is generated from [src/call_error/](../src/call_error/mod.rs): change that, then run `cargo xtask docs`.
";

const ANY: &str = "\
These are outcomes of any command, beside those of its own table.
";

const FLUSH: &str = "\
`flush` answers for all events that were recorded before it and of which no flush has answered yet. Where events were lost, it adds how
many and why, such as `events were lost; lost for good: 3 refused by the collector`. An event whose own `record` was answered with
`ok: false` is not counted again.
";

pub fn path(project: &Project) -> PathBuf {
    project.root().join("docs").join("outcomes.md")
}

pub fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str(&format!("\n## Any command\n\n{ANY}\n{}", errors("*", None)));
    for done in DONE {
        let opening = if done.command == "flush" { format!("{FLUSH}\n") } else { String::new() };
        page.push_str(&format!("\n## {}\n\n{opening}{}", done.command, errors(done.command, Some(done.means))));
    }
    page
}

fn errors(command: &str, done: Option<&str>) -> String {
    let done = done.map(|means| vec![code("ok: true"), means.to_owned(), "-".to_owned()]);
    let errors =
        CallError::ALL.into_iter().filter(|error| error.meaning().commands.split(' ').any(|name| name == command));
    let rows = errors.map(|error| {
        let meaning = error.meaning();
        vec![text(error.message()), meaning.when.to_owned(), meaning.remedy.to_owned()]
    });
    table(&["outcome", "when", "what to do"], done.into_iter().chain(rows))
}

/// A message that ends in a colon goes on with its cause.
fn text(message: &str) -> String {
    if message.ends_with(':') { format!("`{message} ...`") } else { code(message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_page_of_outcomes_is_what_the_table_says() {
        let committed = fs::read_to_string(path(&Project::here())).unwrap_or_default();
        assert!(committed == page(), "docs/outcomes.md is not what the table says: run `cargo xtask docs`");
    }

    #[test]
    fn the_page_names_every_outcome() {
        let page = page();
        for error in CallError::ALL {
            assert!(page.contains(&format!("\n| {} |", text(error.message()))), "{error:?}");
        }
    }
}
