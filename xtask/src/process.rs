//! Running other programs, with an error that says which one failed and what it printed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The command line as a person would type it.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs with this terminal's output.
pub fn live(command: &mut Command) -> Result<()> {
    let text = line(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("could not start `{text}`"))?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(())
}

/// Runs in silence; what was printed is in the error.
pub fn quiet(command: &mut Command) -> Result<()> {
    let mut said = String::new();
    if !watched(command, |line| said.extend([line, "\n"]))? {
        bail!("`{}` failed; it said:\n{said}", line(command));
    }
    Ok(())
}

/// The standard output, its last line break taken off.
pub fn output(command: &mut Command) -> Result<String> {
    let bytes = bytes(command)?;
    Ok(String::from_utf8(bytes).with_context(|| format!("`{}` printed no UTF-8", line(command)))?.trim_end().into())
}

/// The standard output as it is.
pub fn bytes(command: &mut Command) -> Result<Vec<u8>> {
    let text = line(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{text}`"))?;
    if !output.status.success() {
        bail!("`{text}` failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// Hands over every line of both outputs, in the order they came; true when the program succeeded.
pub fn watched(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<bool> {
    let text = line(command);
    let (reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("could not start `{text}`"))?;
    // The command holds the pipe's writing ends: while it does, reading would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        on_line(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']));
        bytes.clear();
    }
    Ok(child.wait()?.success())
}

/// The first of these programs on the PATH.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// True when the program runs and prints `version` among its version words.
pub fn has_version(program: &Path, version: &str) -> bool {
    program.is_file()
        && output(Command::new(program).arg("--version"))
            .is_ok_and(|text| text.split_whitespace().any(|word| word == version))
}
