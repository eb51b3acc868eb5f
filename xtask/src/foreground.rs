//! Becoming another program: Ctrl-C, or a signal to xtask, ends that program, and nothing stays behind.

use std::process::Command;

use anyhow::Result;

#[cfg(unix)]
pub fn become_program(command: &mut Command) -> Result<()> {
    use anyhow::Context as _;
    use std::os::unix::process::CommandExt as _;

    let text = crate::process::line(command);
    Err(command.exec()).with_context(|| format!("could not start `{text}`"))
}

#[cfg(not(unix))]
pub fn become_program(command: &mut Command) -> Result<()> {
    crate::process::live(command)
}
