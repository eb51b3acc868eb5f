//! `cargo xtask bench`: what the recorder costs a page, and what the collector takes.

mod cluster;
mod engines;
mod insights;
mod load;
mod page;
mod server;
mod subject;
mod table;

use anyhow::{Result, bail};

use crate::project::Project;

pub use server::PROGRAMS;

pub fn run(project: &Project, words: &[&str]) -> Result<()> {
    match words {
        [] => {
            page::run(project, &[])?;
            server::run(project, false)
        }
        ["insights"] => insights::run(project, "1000000"),
        ["insights", events] if events.parse::<u64>().is_ok() => insights::run(project, events),
        ["cluster"] => cluster::run(project),
        ["cluster", "insights"] => cluster::insights(project, cluster::INSIGHTS),
        ["cluster", "insights", events] if events.parse::<u64>().is_ok() => cluster::insights(project, events),
        ["page"] => page::run(project, &[]),
        ["page", "level2"] => page::run(project, &["level2"]),
        ["server"] => server::run(project, false),
        ["server", "--write"] => server::run(project, true),
        _ => bail!(
            "`bench {}` is nothing to measure; there are cluster [insights [EVENTS]], insights [EVENTS], page [level2] and server [--write]",
            words.join(" ")
        ),
    }
}
