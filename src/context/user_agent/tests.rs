use super::*;
use crate::facts::Brand;

/// What browsers say of themselves, and what it must give. `fixtures/README.md` names the sources.
const USER_AGENTS: &str = include_str!("fixtures/user-agents.tsv");

/// The columns of the table.
const COLUMNS: usize = 9;

fn agent(text: &str, brands: &str, platform: &str, is_mobile: bool) -> UserAgent {
    let brand = |brand: &str| {
        let (name, version) = brand.rsplit_once(' ').unwrap();
        Brand { name: name.to_owned(), version: version.to_owned() }
    };
    let mut agent = UserAgent { text: text.to_owned(), ..UserAgent::default() };
    if !brands.is_empty() {
        agent.brands = brands.split(", ").map(brand).collect();
        (agent.platform, agent.is_mobile) = (Some(platform.to_owned()), Some(is_mobile));
    }
    agent
}

fn spoken((name, version): (&str, Option<impl AsRef<str>>)) -> String {
    version.map_or_else(|| name.to_owned(), |version| [name, " ", version.as_ref()].concat())
}

#[test]
fn browsers_are_recognised_by_what_they_say() {
    let mut failures = Vec::new();
    let mut count = 0;
    for line in USER_AGENTS.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, browser, version, os, os_version, mobile, brands, platform, text]: [&str; COLUMNS] =
            columns.try_into().unwrap();
        let mobile = mobile == "yes";
        let agent = agent(text, brands, platform, mobile);
        let expected = [spoken((browser, some(version))), spoken((os, some(os_version)))];
        let read = [spoken(agent.browser()), spoken(agent.os())];
        if (&read, agent.is_mobile()) != (&expected, mobile) {
            failures.push(format!("{read:?} {} instead of {expected:?} {mobile}: {text}", agent.is_mobile()));
        }
        count += 1;
    }
    assert!(count >= 300, "{count}");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_is_no_browser_is_unknown() {
    for text in ["curl/8.5.0", ""] {
        let agent = agent(text, "", "", false);
        assert_eq!((agent.browser(), agent.os(), agent.is_mobile()), (("unknown", None), ("unknown", None), false));
    }
}

#[test]
fn every_row_of_browsers_is_of_use() {
    let proves = |(at, line): (usize, &str)| {
        let columns: Vec<&str> = line.split('\t').collect();
        let agent = agent(columns[8], columns[6], columns[7], false);
        let found = BROWSERS.iter().position(|&(_, mark)| agent.version_at(mark).is_some());
        found.map(|row| (row, at))
    };
    let proved: Vec<usize> = USER_AGENTS.lines().skip(1).enumerate().filter_map(proves).map(|(row, _)| row).collect();
    let unproved: Vec<&str> =
        (0..BROWSERS.len()).filter(|row| !proved.contains(row)).map(|row| BROWSERS[row].0).collect();
    assert_eq!(unproved, [""; 0]);
}
