//! The results that the scenarios left in target/faults, as a table for people.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::engine::Engine;
use crate::process;
use crate::project::Project;

fn folder(project: &Project) -> PathBuf {
    project.target().join("faults")
}

/// Results of scenarios that are about to run say nothing any more.
pub fn forget(project: &Project, engines: &[Engine], scenarios: &[&str]) -> Result<()> {
    for (path, row) in rows(project)? {
        let is_engine = engines.iter().any(|engine| row["engine"] == engine.name());
        let scenario = row["scenario"].as_str().unwrap_or_default();
        let is_scenario = scenarios.is_empty() || scenarios.iter().any(|name| scenario.starts_with(name));
        if is_engine && is_scenario {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn rows(project: &Project) -> Result<Vec<(PathBuf, Value)>> {
    let Ok(entries) = fs::read_dir(folder(project)) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let row = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| format!("{} is no result", project.short(&path)))?;
        rows.push((path, row));
    }
    Ok(rows)
}

pub fn read(project: &Project) -> Result<String> {
    let rows: Vec<Value> = rows(project)?.into_iter().map(|(_, row)| row).collect();
    if rows.is_empty() {
        bail!("no scenario left a result");
    }
    let date = process::output(Command::new("date").arg("+%F"))?;
    let cores = std::thread::available_parallelism()?;
    Ok(format!("Of {date}, on {cores} cores: {}.\n\n{}", versions().join(", "), table(&rows)))
}

fn table(rows: &[Value]) -> String {
    let mut scenarios: BTreeMap<(u64, &str), BTreeMap<&str, String>> = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let order = row["order"].as_u64().unwrap_or(u64::MAX);
        scenarios.entry((order, text("scenario"))).or_default().insert(text("engine"), cell(row));
    }
    let mut table = String::from("| what happens | Chromium | Firefox | WebKitGTK |\n|---|---|---|---|\n");
    for ((_, scenario), cells) in scenarios {
        let scenario = scenario.replace("_s_", "'s ").replace('_', " ");
        let cells = Engine::ALL.map(|engine| cells.get(engine.name()).map_or("not run", String::as_str));
        table += &format!("| {scenario} | {} |\n", cells.join(" | "));
    }
    table
}

/// How many of how many, and what else there is to say.
fn cell(row: &Value) -> String {
    let number = |name: &str| row[name].as_u64();
    let mut parts = Vec::new();
    if let (Some(stored), Some(made)) = (number("stored"), number("made")) {
        let count = format!("{stored}/{made}");
        parts.push(if row["is_met"] == true { count } else { format!("**{count}**") });
    } else if row["is_met"] != true {
        parts.push("**failed**".to_owned());
    }
    let counted = [
        ("twice", "stored twice"),
        ("duplicates", "came again"),
        ("unexplained", "known to be missing"),
        ("surplus", "accounted for twice"),
    ];
    parts.extend(counted.iter().filter_map(|(name, word)| {
        let count = number(name).filter(|count| *count > 0)?;
        Some(format!("{count} {word}"))
    }));
    let lost = row["lost"].as_object().into_iter().flatten();
    parts.extend(lost.map(|(reason, count)| format!("{count} declared {reason}")));
    parts.extend(row["remark"].as_str().filter(|remark| !remark.is_empty()).map(str::to_owned));
    parts.join("; ").replace('|', "\\|")
}

/// The versions of the browsers that are installed, one text each.
fn versions() -> Vec<String> {
    let said = |names: &[&str], argument: &str| {
        let program = process::find(names)?;
        process::output(Command::new(program).arg(argument)).ok()
    };
    let words = |text: String, count: usize| text.split_whitespace().take(count).collect::<Vec<_>>().join(" ");
    let chromium = said(&["chromium", "chromium-browser", "google-chrome"], "--version").map(|text| words(text, 2));
    let firefox = said(&["firefox-esr", "firefox"], "--version").map(|text| words(text, 3));
    let mut package = Command::new("dpkg-query");
    package.args(["--show", "--showformat=${Version}", "webkit2gtk-driver"]);
    let webkit = process::output(&mut package).ok();
    let webkit = webkit.map(|version| format!("WebKitGTK {}", version.split('-').next().unwrap_or_default()));
    [chromium, firefox, webkit].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cell_says_how_many_arrived_and_what_became_of_the_others() {
        let row = json!({ "made": 50, "stored": 48, "duplicates": 3, "lost": { "overflow": 2 }, "is_met": true });
        assert_eq!(cell(&row), "48/50; 3 came again; 2 declared overflow");
        assert_eq!(cell(&json!({ "is_met": true, "remark": "no way" })), "no way");
        assert_eq!(cell(&json!({ "made": 2, "stored": 1, "is_met": false })), "**1/2**");
    }

    #[test]
    fn scenarios_stand_in_their_order_with_a_column_for_each_engine() {
        let row = |order: u32, engine: &str| json!({ "order": order, "scenario": format!("tab_s_{order}"), "engine": engine, "made": 1, "stored": 1, "is_met": true });
        let table = table(&[row(2, "webkit"), row(1, "chromium")]);
        assert!(
            table.ends_with("| tab's 1 | 1/1 | not run | not run |\n| tab's 2 | not run | not run | 1/1 |\n"),
            "{table}"
        );
    }
}
