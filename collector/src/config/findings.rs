//! Collects the mistakes of one configuration and finds the line of each. In: keys and reasons, while the file is read
//! and checked. Out: the configuration, or [`ConfigError`] with all mistakes.

use super::error::{ConfigError, Mistake, Mistakes};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The mistakes so far.
#[derive(Default)]
pub(super) struct Findings {
    /// Line of each key of the file.
    lines: HashMap<String, usize>,
    /// Lines that are not TOML. What they seem to say is not judged.
    broken: Vec<Range<usize>>,
    /// First words of the broken lines: keys that are there, though they cannot be read.
    garbled: HashSet<String>,
    /// Whether a header is broken, so that tables are not whole.
    is_header_broken: bool,
    /// Keys whose value is that of an environment variable.
    variables: HashMap<&'static str, &'static str>,
    /// Keys that are wrong, including those of broken lines.
    wrong: HashSet<String>,
    list: Vec<Mistake>,
}

impl Findings {
    /// Sets the line of a key.
    pub(super) fn set_line(&mut self, key: String, line: usize) {
        self.lines.insert(key, line);
    }

    /// Adds a line that is not TOML. `text` is the line.
    pub(super) fn add_syntax(&mut self, lines: Range<usize>, text: &str, reason: &str) {
        let text = text.trim_start();
        self.is_header_broken |= text.starts_with('[');
        let word: String = text.chars().take_while(|char| char.is_alphanumeric() || "_-".contains(*char)).collect();
        self.garbled.insert(word);
        self.list.push(Mistake {
            line: Some(lines.start),
            key: String::new(),
            reason: format!("is not TOML: {reason}"),
        });
        self.broken.push(lines);
    }

    /// Adds what is not TOML in a line that is not known. No other line is judged.
    pub(super) fn add_unplaced_syntax(&mut self, reason: &str) {
        self.is_header_broken = true;
        self.list.push(Mistake { line: None, key: String::new(), reason: format!("is not TOML: {reason}") });
        self.broken.push(0..usize::MAX);
    }

    /// Adds a mistake. Only the first one of a key is kept, and none below a wrong table: they may follow from it.
    pub(super) fn add(&mut self, key: &str, reason: impl AsRef<str>) {
        if with_parents(key).any(|key| self.wrong.contains(key)) {
            return;
        }
        self.wrong.insert(key.to_owned());
        let variable = self.variables.get(key);
        let line = if variable.is_some() { None } else { self.line(key) };
        if line.is_some_and(|line| self.broken.iter().any(|lines| lines.contains(&line))) {
            return;
        }
        let key = one_line(variable.unwrap_or(&key));
        self.list.push(Mistake { line, key, reason: one_line(reason.as_ref()) });
    }

    /// Adds a key that is required and not there.
    pub(super) fn add_missing(&mut self, key: &str, must_be: &str) {
        let last = key.rsplit('.').next().unwrap_or_default();
        match self.garbled.contains(last) {
            true => drop(self.wrong.insert(key.to_owned())),
            false => self.add(key, format!("is missing; it {must_be}")),
        }
    }

    /// From now on `variable` is the value of `key`.
    pub(super) fn set_variable(&mut self, key: &'static str, variable: &'static str) {
        self.wrong.remove(key);
        self.variables.insert(key, variable);
    }

    /// Whether nothing at or below these keys is wrong, so that they can be compared with others.
    pub(super) fn are_right(&self, keys: &[&str]) -> bool {
        let is_compared = |wrong: &String| with_parents(wrong).any(|key| keys.contains(&key));
        !self.is_header_broken && !self.wrong.iter().any(is_compared)
    }

    /// `config`, if there are no mistakes. `subject` is what has been read.
    pub(super) fn finish<T>(self, subject: impl ToString, config: T) -> Result<T, ConfigError> {
        let mut list = self.list;
        if list.is_empty() {
            return Ok(config);
        }
        list.sort_by_key(|mistake| mistake.line);
        Err(ConfigError::Mistakes(Mistakes { subject: subject.to_string(), list }))
    }

    /// The line of a key, or of the table that it belongs to.
    fn line(&self, key: &str) -> Option<usize> {
        with_parents(key).find_map(|key| self.lines.get(key).copied())
    }
}

/// A key, then the table or list that it is in, and so on.
fn with_parents(key: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(key), |key| key.rfind(['.', '[']).and_then(|end| key.get(..end)))
}

/// A file's own text can have line breaks and escape sequences: in a list of lines they are written out.
fn one_line(text: &str) -> String {
    text.chars().fold(String::new(), |mut line, char| {
        if char.is_control() {
            line.extend(char.escape_default());
        } else {
            line.push(char);
        }
        line
    })
}
