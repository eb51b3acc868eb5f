//! Reads configurations, and shows their mistakes.

use waymark_collector::{Config, ConfigError, Mistake};

/// The configuration of a file with this text, or what an operator reads.
pub fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::read(text, "FILE", variable).map_err(|error| error.to_string())
}

/// The mistakes of a file, as `LINE KEY: REASON`; without a line where none is known.
pub fn mistakes(text: &str) -> Vec<String> {
    let list = match Config::read(text, "FILE", |_| None) {
        Err(ConfigError::Mistakes(mistakes)) => mistakes.list,
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    };
    let shown = |Mistake { line, key, reason }: Mistake| match line {
        Some(line) => format!("{line} {key}: {reason}"),
        None => format!("{key}: {reason}"),
    };
    list.into_iter().map(shown).collect()
}

/// Asserts that the file has this mistake and no other.
#[track_caller]
pub fn wrong(text: &str, why: &str) {
    assert_eq!(mistakes(text), [why], "{text}");
}
