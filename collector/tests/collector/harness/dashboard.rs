//! The names of metrics: those that the dashboard asks for, and those that are exposed.

use serde_json::Value;
use std::collections::HashSet;

/// The names in the questions of docs/grafana.json.
pub fn charted() -> HashSet<String> {
    let dashboard: Value = serde_json::from_str(include_str!("../../../../docs/grafana.json")).unwrap();
    let mut named = HashSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            named.extend(names(target["expr"].as_str().unwrap()));
        }
    }
    named
}

/// The names of metrics in a text.
pub fn names(text: &str) -> HashSet<String> {
    let words = text.split(|char: char| !(char.is_ascii_alphanumeric() || char == '_'));
    words.filter(|word| word.starts_with("waymark_")).map(str::to_owned).collect()
}

/// The names that an answer to `GET /metrics` has, with those of the parts of histograms.
pub fn exposed(text: &str) -> HashSet<String> {
    let mut there = HashSet::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        there.insert(name.to_owned());
        if kind == "histogram" {
            there.extend(["_bucket", "_sum", "_count"].map(|part| format!("{name}{part}")));
        }
    }
    there
}
