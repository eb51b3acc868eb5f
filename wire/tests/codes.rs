//! docs/wire.md has a line for each code, and no line for another.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use waymark_wire::{EntryRejectReason, RefusalCode, RejectReason};

const DOCS: &str = include_str!("../../docs/wire.md");

/// The codes in the tables below a heading, up to the next heading.
fn documented(heading: &str) -> BTreeSet<&'static str> {
    let (_, section) = DOCS.split_once(&format!("\n{heading}\n")).unwrap();
    let lines = section.lines().take_while(|line| !line.starts_with('#'));
    let rows = lines.skip_while(|line| !line.starts_with("| code |")).skip(2);
    let cells = rows.map_while(|line| line.strip_prefix("| `")?.split_once("` |"));
    let mut codes = BTreeSet::new();
    for (code, _) in cells {
        assert!(codes.insert(code), "{code} has two lines");
    }
    codes
}

#[test]
fn every_code_of_a_refused_request_is_documented() {
    assert_eq!(
        documented("### Codes of refused requests"),
        RefusalCode::ALL.iter().map(|code| code.as_str()).collect()
    );
}

#[test]
fn every_code_of_a_rejected_event_is_documented() {
    assert_eq!(
        documented("### Codes of rejected events"),
        RejectReason::ALL.iter().map(|reason| reason.as_str()).collect()
    );
}

#[test]
fn every_code_of_a_rejected_entry_is_documented() {
    assert_eq!(documented("## Kept state"), EntryRejectReason::ALL.iter().map(|reason| reason.as_str()).collect());
}
