use super::outcome::CallError::*;
use super::*;
use std::collections::BTreeSet;

const LOADER: &str = include_str!("../../www/loader.js");
const SNIPPET: &str = include_str!("../../www/snippet.js");

/// The loader's table of errors: name and text.
fn of_the_loader() -> Vec<(String, String)> {
    let (_, table) = LOADER.split_once("const errors = {\n").unwrap();
    let (table, _) = table.split_once("};").unwrap();
    let row = |line: &str| {
        let (name, text) = line.trim().trim_end_matches(',').split_once(": ").unwrap();
        let quote = text.chars().next().unwrap();
        (name.to_owned(), text.trim_matches(quote).to_owned())
    };
    table.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

#[test]
fn all_has_every_outcome_once_in_order() {
    for (at, error) in CallError::ALL.into_iter().enumerate() {
        assert_eq!(error as usize, at, "{error:?}");
    }
    assert_eq!(CallError::ALL.last(), Some(&LoadQueueFull));
    let messages: BTreeSet<_> = CallError::ALL.iter().map(|error| error.message()).collect();
    assert_eq!(messages.len(), CallError::ALL.len(), "each says something else");
}

#[test]
fn the_loader_says_the_same() {
    let rows = of_the_loader();
    for (name, text) in &rows {
        let error = CallError::ALL.into_iter().find(|error| format!("{error:?}") == *name);
        assert_eq!(error.map(CallError::message), Some(text.as_str()), "{name}");
        assert!(LOADER.contains(&format!("errors.{name}")), "{name} is never answered");
    }
    let names: BTreeSet<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    for error in CallError::ALL.into_iter().filter(|error| error.is_of_script()) {
        let is_of_snippet = matches!(error, NotLoaded | LoadQueueFull);
        assert_ne!(names.contains(&*format!("{error:?}")), is_of_snippet, "{error:?}");
    }
    let quotes = ["throw '", "throw \"", "throw `"];
    assert!(!quotes.iter().any(|quote| LOADER.contains(quote)), "every text stands in the table");
}

#[test]
fn the_snippet_says_the_same() {
    let said: Vec<&str> = SNIPPET.split("error: '").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
    assert_eq!(said, [LoadQueueFull.message(), NotLoaded.message()]);
}

#[test]
fn every_command_of_the_loader_has_its_outcomes() {
    let (_, commands) = LOADER.split_once("const commands = {\n").unwrap();
    let (commands, _) = commands.split_once("\n};").unwrap();
    let named =
        commands.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with([' ', '}', '/'])));
    let names: Vec<&str> =
        named.map(|line| line.trim_start_matches('\'').split(['\'', ':', '(']).next().unwrap()).collect();
    assert_eq!(names, DONE.map(|done| done.command));
    for error in CallError::ALL {
        for command in error.meaning().commands.split(' ') {
            assert!(command == "*" || names.contains(&command), "{error:?}: {command}");
        }
    }
}
