//! Configuration errors: a file that cannot be read, or the list of all mistakes of a configuration.

use std::fmt;
use std::path::PathBuf;

/// Most mistakes that are printed. An unclosed bracket can make every line after it one.
const MAX_PRINTED: usize = 50;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The configuration has mistakes.
    #[error(transparent)]
    Mistakes(Mistakes),
}

/// All mistakes of a configuration, in the order of its lines. There is at least one. `Display` is a list for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// What has them: the name of the file.
    pub subject: String,
    /// The mistakes.
    pub list: Vec<Mistake>,
}

/// A mistake. It never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line in the file, from 1. None for an environment variable, a key that is missing at the top, and no file.
    pub line: Option<usize>,
    /// Full name of the key, such as `sites[2].origins[0]`, or the environment variable. Empty where the line is not
    /// TOML.
    pub key: String,
    /// What is wrong and what is allowed.
    pub reason: String,
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistakes { subject, list } = self;
        match list.len() {
            1 => write!(f, "{subject} has 1 mistake:")?,
            count => write!(f, "{subject} has {count} mistakes:")?,
        }
        let place = |mistake: &Mistake| mistake.line.map_or_else(String::new, |line| format!("line {line}  "));
        let width = list.iter().map(|mistake| place(mistake).len()).max().unwrap_or_default();
        for mistake in list.iter().take(MAX_PRINTED) {
            write!(f, "\n  {:<width$}", place(mistake))?;
            if !mistake.key.is_empty() {
                write!(f, "{}: ", mistake.key)?;
            }
            f.write_str(&mistake.reason)?;
        }
        match list.len().saturating_sub(MAX_PRINTED) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}
