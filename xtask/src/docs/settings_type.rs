//! The type `Settings` of the TypeScript declarations, which is written by hand, compared with the settings that the
//! recorder reads.

use crate::project::Project;
use std::collections::BTreeSet;
use std::fs;
use waymark_wire::settings::{PageSettings, Settings, Value};

/// The dotted names of the members of an interface in the declarations.
fn members(interface: &str) -> BTreeSet<String> {
    let types = fs::read_to_string(Project::here().www().join("waymark.d.ts")).unwrap();
    let (_, body) = types.split_once(&format!("export interface {interface} {{\n")).unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let mut names = BTreeSet::new();
    let mut section = String::new();
    for line in body.lines().map(str::trim).filter(|line| !line.starts_with("/**")) {
        match line.split_once(':') {
            Some((name, " {")) => section = format!("{}.", name.trim_end_matches('?')),
            Some((name, _)) => drop(names.insert(format!("{section}{}", name.trim_end_matches('?')))),
            None => section.clear(),
        }
    }
    names
}

/// The settings that only the argument of `init` has.
const OF_PAGE: [&str; 4] = ["site", "collector", "region", "sampling"];

#[test]
fn the_declarations_have_every_setting_and_no_other() {
    let settings = Settings::NAMES.iter().chain(&OF_PAGE).map(|name| (*name).to_owned()).collect();
    assert_eq!(members("Settings"), settings);
}

/// The message for an unknown provider lists the known ones, and what belongs to them after `with`.
#[test]
fn the_declarations_have_every_provider_and_no_other() {
    let mut problems = Vec::new();
    let user = Value::Object(vec![("nowhere".to_owned(), Value::Text("a".to_owned()))]);
    Settings::read(&Value::Object(vec![("user".to_owned(), user)]), &mut problems);
    let (_, known) = problems[0].must_be.split_once("there are ").unwrap();
    let known = known.split([' ', ',']).filter(|name| !matches!(*name, "" | "with"));
    assert_eq!(members("UserPlaces"), known.map(str::to_owned).collect());
}

#[test]
fn the_argument_of_init_has_the_settings_of_the_page() {
    for name in OF_PAGE {
        let mut problems = Vec::new();
        let object = Value::Object(vec![(name.to_owned(), Value::Object(Vec::new()))]);
        drop(PageSettings::read(&object, &mut problems));
        assert!(problems.iter().all(|problem| problem.must_be != "is no setting"), "{name}");
    }
}
