//! Several mistakes in one file: all are told at once, each with its line, and none with a secret.

use super::reading::{load, mistakes};
use proptest::prelude::*;
use waymark_collector::{Config, ConfigError};

/// A right file. Each mistake replaces one of its lines.
const FILE: &str = r#"listen = "127.0.0.1:8787"
admin_token = "sesame"
admin_listen = "10.0.0.2:8789"
assets = "dist"
proxies = ["10.0.0.1"]
region = "eu"
[limits]
batch_bytes = 100
queue_bytes = 200
connections = 10
[[accounts]]
id = "3210be7ad82f403298f7c4da065ec657"
region = "eu"
[[sites]]
key = "shop"
account = "3210be7ad82f403298f7c4da065ec657"
origins = ["https://shop.example"]
sampling = 50
state_secrets = ["0123456789abcdef0123456789abcdef"]
[sites.settings]
level = 2
user.cookie = "shop"
collect.title = false
[[sites]]
key = "blog"
account = "3210be7ad82f403298f7c4da065ec657"
enabled = true
"#;

/// Single mistakes: the line, what stands there instead, and how the mistake begins.
const SINGLE: [(usize, &str, &str); 18] = [
    (1, "listen = \"here\"", "1 listen: must be an address"),
    (2, "admin_token = \" sesame\"", "2 admin_token: must be printable"),
    (3, "admin_listen = 8789", "3 admin_listen: must be an address"),
    (4, "asets = \"dist\"", "4 asets: unknown key"),
    (5, "proxies = [\"10.0.0.0/33\"]", "5 proxies[0]: must be an address"),
    (6, "region = \"mars\"", "6 region: must be one of us, eu"),
    (9, "queue_bytes = 99", "9 limits.queue_bytes: must be at least limits.batch_bytes"),
    (10, "connections = 0", "10 limits.connections: must be a whole number from 1"),
    (13, "", "11 accounts[0].region: is missing"),
    (15, "key = shop", "15 : is not TOML: string values must be quoted"),
    (16, "", "14 sites[0].account: is missing"),
    (17, "origins = [\"shop.example\"]", "17 sites[0].origins[0]: `shop.example` must be"),
    (18, "sampling = 101", "18 sites[0].sampling: must be a whole number from 0 to 100"),
    (19, "state_secrets = \"0123456789abcdef0123456789abcdef\"", "19 sites[0].state_secrets: must be a list"),
    (21, "level = 4", "21 sites[0].settings.level: must be a whole number from 0 to 3"),
    (22, "user.cookie = \"\"", "22 sites[0].settings.user.cookie: must be a text"),
    (25, "key = \"shop\"", "25 sites[1].key: `shop` is also that of sites[0]"),
    (27, "enabled = true\nenabled = false", "28 : is not TOML: duplicate key"),
];

fn with(changes: &[(usize, &str)]) -> String {
    let lines = FILE.lines().enumerate().map(|(index, line)| {
        let change = changes.iter().find(|(at, _)| *at == index + 1);
        change.map_or(line, |(_, text)| text).to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_mistake_is_told_once_and_any_two_are_both_told() {
    assert!(load(FILE, &[]).is_ok());
    for (index, (line, text, told)) in SINGLE.into_iter().enumerate() {
        let found = mistakes(&with(&[(line, text)]));
        assert!(found.len() == 1 && found[0].starts_with(told), "{text}: {found:?}");
        for (other_line, other_text, other_told) in SINGLE.into_iter().skip(index + 1) {
            let found = mistakes(&with(&[(line, text), (other_line, other_text)]));
            let tells = |told: &str| found.iter().filter(|found| found.starts_with(told)).count() == 1;
            assert!(found.len() == 2 && tells(told) && tells(other_told), "{text} and {other_text}: {found:?}");
        }
    }
}

#[test]
fn all_mistakes_of_a_file_are_told_in_the_order_of_its_lines() {
    let all: Vec<_> = SINGLE.iter().filter(|(line, ..)| *line != 15).map(|(line, text, _)| (*line, *text)).collect();
    let found = mistakes(&with(&all));
    let expected: Vec<_> = SINGLE.iter().filter(|(line, ..)| *line != 15).map(|(.., told)| *told).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for told in &expected {
        assert!(found.iter().any(|found| found.starts_with(told)), "{told}: {found:?}");
    }
    let line = |found: &String| found.split(' ').next().unwrap().parse::<usize>().unwrap();
    assert!(found.is_sorted_by_key(line), "{found:?}");
}

#[test]
fn what_follows_from_a_mistake_is_not_told_beside_it() {
    for (text, told) in [
        ("listen = 1\nadmin_listen = \"127.0.0.1:8787\"", "1 listen:"),
        ("admin_token = 1\nadmin_listen = \"0.0.0.0:1\"", "1 admin_token:"),
        ("limits.queue_bytes = 1\nlimits.batch_bytes = \"x\"", "2 limits.batch_bytes:"),
        ("[[sites]]\nkey = \"a\"\naccount 1\n", "3 : is not TOML"),
        ("[[sites]\nkey = \"a\"\nlevel = 1\n", "1 : is not TOML"),
        ("[limits\nconnections = 0\nx = 1\n", "1 : is not TOML"),
    ] {
        let found = mistakes(text);
        assert!(found.len() == 1 && found[0].starts_with(told), "{text}: {found:?}");
    }
    let one_account = with(&[(12, "id = 5")]);
    assert_eq!(mistakes(&one_account), ["12 accounts[0].id: must be 32 hex digits"]);
}

#[test]
fn a_long_list_ends() {
    let many: String = (0..60).map(|number| format!("key{number} = 1\n")).collect();
    let error = load(&many, &[]).unwrap_err();
    assert!(error.starts_with("FILE has 60 mistakes:\n  line 1   key0: unknown key"), "{error}");
    assert!(error.ends_with("\n  and 10 more") && error.lines().count() == 52, "{error}");
}

#[test]
fn a_mistake_takes_one_line() {
    let error = load("\"a\\nb\\u001b[31m\" = 1\npublic_url = \"c\\nd\"\n", &[]).unwrap_err();
    assert_eq!(error.lines().count(), 3, "{error}");
    assert!(error.contains("a\\nb\\u{1b}[31m: unknown key") && error.contains("`c\\nd`"), "{error}");
}

#[test]
fn no_mistake_shows_a_secret() {
    const SECRET: &str = "hush-hush-hush-hush-hush-hush-hush";
    let site = "[[sites]]\nkey = \"a\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";
    for before in ["admin_token = ".to_owned(), format!("{site}state_secrets = ")] {
        for value in [
            format!("{SECRET}\n"),
            format!("\n{SECRET}\n"),
            format!("\"{SECRET}\n"),
            format!("\"{SECRET}\\q\"\n"),
            format!("\"\"\"{SECRET}\n"),
            format!("'{SECRET}\" 5\n"),
            format!("\"{SECRET}\" \"{SECRET}\"\n"),
            format!("[\"{SECRET}\"\n"),
            format!("[[\"{SECRET}\"]]\n"),
            format!("{{ a = \"{SECRET}\" }}\n"),
            format!("[\"a\", \"b\", \"{SECRET}\"]\n"),
            format!("[5, \"{SECRET}\"]\n"),
            format!("\"{SECRET}\\n\"\n"),
        ] {
            let text = format!("{before}{value}");
            let error = load(&text, &[]).unwrap_err();
            assert!(!error.contains("hush"), "{text}\n{error}");
        }
    }
    let error = load("lissten = 1", &[("WAYMARK_ADMIN_TOKEN", &format!("{SECRET}\n"))]).unwrap_err();
    assert!(error.contains("WAYMARK_ADMIN_TOKEN") && !error.contains("hush"), "{error}");
}

#[test]
fn a_key_of_too_many_parts_is_told_without_its_line() {
    for key in ["a.".repeat(200) + "a", ".".repeat(200)] {
        let text = format!("listen = \"127.0.0.1:80\"\n{key} = 1\nlissten = 3\n");
        let error = Config::read(&text, "FILE", |_| None).unwrap_err().to_string();
        assert!(error.contains("is not TOML: recursion limit; a key has too many parts"), "{error}");
    }
}

proptest! {
    /// A file that somebody is in the middle of changing.
    #[test]
    fn a_garbled_file_is_right_or_told_with_lines_that_it_has(
        cut in 0..FILE.len(),
        length in 0..40usize,
        inserted in "[\\[\\]{}=\"'.,#a-z0-9 \n\u{e9}]{0,12}",
    ) {
        let end = (cut + length).min(FILE.len());
        let text = [&FILE[..cut], &inserted, &FILE[end..]].concat();
        if let Err(ConfigError::Mistakes(mistakes)) = Config::read(&text, "FILE", |_| None) {
            prop_assert!(!mistakes.list.is_empty());
            for mistake in &mistakes.list {
                prop_assert!(mistake.line.is_none_or(|line| (1..=text.lines().count()).contains(&line)), "{mistake:?}");
            }
        }
    }
}
