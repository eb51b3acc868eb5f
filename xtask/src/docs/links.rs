//! The relative links of the documentation: each leads to a file of the project, and to a heading that is there.

use crate::project::Project;
use std::fs;
use std::path::{Path, PathBuf};

fn pages(root: &Path) -> Vec<PathBuf> {
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let front =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md"];
    docs.chain(front.map(|page| root.join(page))).collect()
}

/// The targets of the page's links, without those to other sites and without what stands in blocks of code.
fn links(page: &str) -> Vec<&str> {
    let prose = page.split("\n```").step_by(2);
    let targets =
        prose.flat_map(|part| part.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '\n']).next()));
    targets.filter(|target| !target.contains("://") && !target.is_empty()).collect()
}

/// The anchor that a heading has on a code host.
fn anchor(heading: &str) -> String {
    let letters = heading.to_lowercase();
    let letters = letters.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    letters.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let root = Project::here().root().to_owned();
    let mut broken = Vec::new();
    for path in pages(&root) {
        let page = fs::read_to_string(&path).unwrap();
        for link in links(&page) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.with_file_name("").join(file) };
            let is_markdown = target.extension().is_some_and(|extension| extension == "md");
            let has_heading = || {
                let text = fs::read_to_string(&target).unwrap_or_default();
                text.lines().any(|line| line.starts_with('#') && anchor(line.trim_start_matches('#').trim()) == heading)
            };
            if !target.exists() || (is_markdown && !heading.is_empty() && !has_heading()) {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
}
