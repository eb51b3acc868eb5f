use super::outcome::CallError::*;
use super::*;
use std::collections::BTreeSet;

const LOADER: &str = include_str!("../../www/loader.js");
const SNIPPET: &str = include_str!("../../www/snippet.js");
const STUB: &str = include_str!("../../www/stub.js");
const TYPES: &str = include_str!("../browser/types.rs");

#[test]
fn all_has_every_outcome_once_in_order() {
    for (at, error) in CallError::ALL.into_iter().enumerate() {
        assert_eq!(error as usize, at, "{error:?}");
    }
    assert_eq!(CallError::ALL.last(), Some(&LoadQueueFull));
    let messages: BTreeSet<_> = CallError::ALL.iter().map(|error| error.message()).collect();
    assert_eq!(messages.len(), CallError::ALL.len(), "each says something else");
}

/// What a script says before a call reaches the recorder, or when none can.
fn said(script: &str, before: &str) -> Vec<String> {
    script.split(before).skip(1).filter_map(|rest| rest.split('\'').next()).map(str::to_owned).collect()
}

#[test]
fn the_scripts_of_pages_say_the_same() {
    assert_eq!(said(STUB, "error: '"), [LoadQueueFull.message()]);
    assert_eq!(said(SNIPPET, "error: '"), [LoadQueueFull.message()]);
    assert_eq!(said(SNIPPET, "error = '"), [NotLoaded.message()]);
    let mut loader = said(LOADER, "fail('");
    loader.dedup();
    assert_eq!(loader, [Failed, CannotStart].map(|error| error.message().to_owned() + " "));
}

#[test]
fn the_snippet_queues_as_the_loader_does() {
    let (_, queues) = STUB.split_once("=> {\n").unwrap();
    let (queues, _) = queues.split_once("  return queue;").unwrap();
    assert!(SNIPPET.contains(queues), "www/snippet.js has other lines than www/stub.js");
}

#[test]
fn every_command_has_its_outcomes_and_its_type() {
    let (_, commands) = LOADER.split_once("  __proto__: null,\n").unwrap();
    let (commands, _) = commands.split_once("\n};").unwrap();
    let names = commands.lines().filter_map(|line| line.trim().split_once(": "));
    let names: Vec<&str> = names.map(|(name, _)| name.trim_matches('\'')).collect();
    assert_eq!(names, DONE.map(|done| done.command));
    for error in CallError::ALL {
        for command in error.meaning().commands.split(' ') {
            assert!(command == "*" || names.contains(&command), "{error:?}: {command}");
        }
    }
    let (_, types) = TYPES.split_once("export interface Commands {\n").unwrap();
    let (types, _) = types.split_once("\n}").unwrap();
    let types = types.lines().filter_map(|line| line.trim().split_once(": "));
    let types = types.map(|(name, _)| name.trim_matches('\'')).chain(["on"]);
    assert_eq!(types.collect::<BTreeSet<_>>(), names.into_iter().collect());
}
