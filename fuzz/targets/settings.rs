//! The file of an operator who is half way through a change, read while the collector runs: it is wrong in words, or it
//! makes sense, and then it can be told in words and handed to recorders.

#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_collector::{Config, ConfigSummary, Settings, read_settings};
use waymark_wire::level::Switch;

fuzz_target!(|text: &str| {
    match read_settings(text) {
        Ok(settings) => hold(&settings),
        Err(error) => drop(error.to_string()),
    }
    match Config::read(text, "the file", |_| None) {
        Ok(config) => {
            assert!(config.check().is_ok());
            config.sites.iter().for_each(|site| hold(&site.settings));
            assert!(!ConfigSummary(&config).to_string().is_empty());
        }
        Err(error) => drop(error.to_string()),
    }
});

/// What is taken from a file is what a recorder would take, and means the same to both.
fn hold(settings: &Settings) {
    let json = serde_json::to_string(settings).unwrap();
    let mut problems = Vec::new();
    let read = Settings::read(&serde_json::from_str(&json).unwrap(), &mut problems);
    assert!(problems.is_empty() && read.allowed() == settings.allowed());
    let off: Vec<Switch> = Switch::ALL.into_iter().filter(|&switch| settings.is_off(switch)).collect();
    let mut allowed = waymark_wire::Allowed::at(settings.level.unwrap_or_default());
    off.into_iter().for_each(|switch| allowed.without(switch));
    assert_eq!(settings.allowed(), allowed);
}
