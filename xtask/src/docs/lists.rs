//! Lists that are written by hand, for people: the panel's, in the words of its reader, and the list of storage keys in
//! `docs/privacy.md`. Tests hold that each names exactly what the recorder has.

use crate::docs::dictionary;
use crate::project::Project;
use std::collections::BTreeSet;
use std::fs;
use waymark::consent::permissions::Caps;
use waymark_wire::Reason;
use waymark_wire::level::Key;

/// The keys of an object literal in the panel's words, one on each line.
fn panel_list(name: &str) -> BTreeSet<String> {
    let words = fs::read_to_string(Project::here().www().join("panel/words.js")).unwrap();
    let (_, list) = words.split_once(&format!("const {name} = {{\n")).unwrap();
    let (list, _) = list.split_once("\n};").unwrap();
    let keys = list.lines().filter_map(|line| line.trim().split_once(": "));
    keys.map(|(key, _)| key.trim_matches('\'').to_owned()).collect()
}

#[test]
fn the_panel_names_every_cap_key_and_loss() {
    let caps = serde_json::to_value(Caps::default()).unwrap();
    let caps: BTreeSet<String> = caps.as_object().unwrap().keys().cloned().collect();
    assert_eq!(panel_list("CAPS"), caps);
    assert_eq!(panel_list("KEPT"), Key::ALL.iter().map(|key| key.base.to_owned()).collect());
    assert_eq!(panel_list("LOST"), Reason::ALL.iter().map(|reason| reason.name().to_owned()).collect());
}

#[test]
fn the_page_of_privacy_names_every_key_and_where_it_is() {
    let page = fs::read_to_string(Project::here().root().join("docs/privacy.md")).unwrap();
    let rows: BTreeSet<&str> = page.lines().filter(|line| line.starts_with("| `wm-")).collect();
    assert_eq!(rows.len(), Key::ALL.len(), "docs/privacy.md has a row for each key that there is");
    for key in Key::ALL {
        let row = format!("| `{}` | {}", dictionary::pattern(key), dictionary::area_name(key));
        assert!(rows.iter().any(|line| line.starts_with(&row)), "docs/privacy.md has no row `{row}`");
    }
}
