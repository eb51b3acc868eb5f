//! `waymark-collector check` and `waymark-collector site add`.

use crate::cli::program::program;
use crate::harness::running::*;
use std::io::{BufRead, BufReader};
use std::process::Output;
use waymark_collector::Config;

pub fn run(home: &Home, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = program(home).args(arguments).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

const FILE: &str = r##"# The shop's collector.
listen = "127.0.0.1:8787"   # behind Caddy
public_url = "https://collect.example.com"
region = "eu"
endpoints.us = "https://us.example.com"
admin_token = "never shown"

[[accounts]]
id = "3210be7ad82f403298f7c4da065ec657"
region = "eu"

[[accounts]]
id = "00000000000000000000000000000001"
region = "us"

[[sites]]
key = "shop"
account = "3210be7ad82f403298f7c4da065ec657"
name = "The shop"
origins = ["https://*.shop.example"]
environments = { production = 0, test = 1 }
sampling = 50
state_secrets = ["never shown, and as long as a secret has to be"]
read_token = "never shown either"

[sites.settings]
level = 2
user = [{ cookie = "shop_user", selector = "#account" }, "none"]
identity.hash = true
consent = "wait"
gate = "app.mayRecord"
collect.title = false
collect.query = ["page"]

[[sites]]
key = "elsewhere"
account = "00000000000000000000000000000001"
enabled = false
"##;

#[test]
fn check_says_in_words_what_each_site_collects() {
    let home = Home::in_memory();
    std::fs::write(home.file("waymark.toml"), FILE).unwrap();
    let (code, out, error) = run(&home, &["check", "waymark.toml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(
        out,
        "\
Collector
  listens on     127.0.0.1:8787
  pages use      https://collect.example.com
  is in          eu
  keeps events   in waymark.db
  shows events   with the admin token

Site `shop`, The shop
  account        3210be7ad82f403298f7c4da065ec657, which stays in eu
  shows insights of this site also with its read_token
  keeps state    between browsers, of users that the site's server has signed (state_secrets)
  collects       level 2 (experience): guidance content, page views, and the browser and page they happened in; clicks, changes of fields, form submits, rage clicks and dead clicks; never what a field holds
  but not        ctx.location.hash (collect.hash)
  but not        ctx.title (collect.title)
  and of queries page
  from users     the cookie `shop_user`, then the element `#account`; else none: users are not distinguished; IDs of the site are hashed
  who have       agreed: nothing leaves the browser before (consent); Global Privacy Control leaves level 1, Do Not Track everything; levels 2 and 3 only where `app.mayRecord` says so
  on pages of    https://*.shop.example
  environments   0 production, 1 test
  keeps them     for 365 days
  samples        50 of 100 users

Site `elsewhere`
  account        00000000000000000000000000000001, which stays in us: NOTHING IS TAKEN HERE
  collects       NOTHING: enabled = false

Warning: no `assets` is set: /waymark.js, which the snippet loads from this collector, is 404. Set `assets` to the directory that `cargo xtask build` writes (target/dist), or have a proxy serve the recorder's files at this collector's address
"
    );
}

#[test]
fn every_command_takes_the_file_by_config() {
    let home = Home::in_memory();
    std::fs::write(home.file("waymark.toml"), "lissten = 1\n").unwrap();
    for command in [
        &["check"][..],
        &["site", "add", "--origin", "https://shop.example"],
        &["export", "--user", "adam"],
        &["erase", "--user", "adam"],
        &["backup", "copy.db"],
        &["verify"],
        &[],
    ] {
        let (code, _, error) = run(&home, &[command, &["--config", "waymark.toml"]].concat());
        assert!(code == 1 && error.contains("line 1  lissten: unknown key"), "{command:?}: {error}");
    }
    for command in [
        &["check"][..],
        &["site", "add", "--origin", "https://shop.example"],
        &["export", "--user", "adam"],
        &["erase", "--user", "adam"],
    ] {
        let (code, _, error) = run(&home, &[command, &["waymark.toml"]].concat());
        assert!(code == 1 && error.contains("line 1  lissten: unknown key"), "{command:?}: {error}");
        let (code, _, error) = run(&home, &[command, &["waymark.toml", "--config", "waymark.toml"]].concat());
        assert!(code == 2 && error.contains("cannot be used with"), "{command:?}: {error}");
    }
}

#[test]
fn check_says_whom_an_origin_lets_in_that_is_nobody_s_own() {
    let home = Home::in_memory();
    let text =
        format!("[[sites]]\nkey = \"a\"\naccount = \"{ACCOUNT}\"\norigins = [\"null\", \"moz-extension://*\"]\n");
    std::fs::write(home.file("waymark.toml"), text).unwrap();
    let (code, out, _) = run(&home, &["check", "waymark.toml"]);
    let pages = "on pages of    null (ANY SANDBOXED FRAME, OF ANY SITE, AND FILES), moz-extension://* (ANY EXTENSION of \
                 that browser)\n";
    assert!(code == 0 && out.contains(pages), "{out}");
}

#[test]
fn check_shows_what_is_wrong_and_fails() {
    let home = Home::in_memory();
    std::fs::write(home.file("waymark.toml"), "[[sites]]\nkey = \"shop\"\nsettings.consent = \"maybe\"\n").unwrap();
    let (code, out, error) = run(&home, &["check", "waymark.toml"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(
        error,
        "waymark-collector: waymark.toml has 2 mistakes:\n  line 1  sites[0].account: is missing; it must be 32 hex digits\n  \
         line 3  sites[0].settings.consent: must be one of implied, anonymous, wait\n"
    );
}

#[test]
fn a_new_site_goes_to_the_end_of_the_file_and_its_snippet_is_ready() {
    let home = Home::in_memory();
    let file = home.file("waymark.toml");
    std::fs::write(&file, FILE.trim_end()).unwrap();
    let add = [
        "site",
        "add",
        "--account",
        ACCOUNT,
        "--origin",
        "https://*.blog.example",
        "--name",
        "The \"blog\"",
        "waymark.toml",
    ];
    let (code, out, error) = run(&home, &add);
    assert_eq!((code, error.as_str()), (0, ""));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(FILE), "what was there is as it was");
    let config = Config::load(Some(&file), |_| None).unwrap();
    let site = &config.sites[2];
    assert_eq!(
        (site.name.as_str(), site.origins.as_slice()),
        ("The \"blog\"", &["https://*.blog.example".to_owned()][..])
    );
    assert_eq!((site.account.as_str(), site.key.len()), (ACCOUNT, 20));
    let call =
        format!("waymark('init', {{ site: '{}', collector: 'https://collect.example.com', region: 'eu' }});", site.key);
    assert!(out.contains("<script>") && out.contains(&call), "{out}");
    assert!(out.contains("(window, 'https://collect.example.com')") && !out.contains("//  "), "{out}");
    assert!(out.contains("queue.length < 1000"), "without a built one it is the one that was compiled in");
    let (_, again, _) = run(&home, &add);
    assert_ne!(out, again, "each has a key of its own");
}

#[test]
fn the_built_snippet_is_taken_where_there_is_one() {
    let home = Home::in_memory();
    std::fs::create_dir(home.file("dist")).unwrap();
    std::fs::write(home.file("dist/snippet.js"), "load('https://collect.example.com')\n").unwrap();
    std::fs::write(home.file("waymark.toml"), "assets = \"dist\"\npublic_url = \"https://c.shop.example\"\n").unwrap();
    let (_, out, _) = run(&home, &["site", "add", "--origin", "https://shop.example", "waymark.toml"]);
    assert!(out.contains("<script>\nload('https://c.shop.example')\nwaymark('init'"), "{out}");
}

#[test]
fn a_pinned_snippet_is_that_of_the_build_in_assets() {
    let home = Home::in_memory();
    std::fs::create_dir(home.file("dist")).unwrap();
    std::fs::write(home.file("waymark.toml"), "assets = \"dist\"\npublic_url = \"https://c.shop.example\"\n").unwrap();
    let add = ["site", "add", "--pinned", "--origin", "https://shop.example", "waymark.toml"];
    let (code, _, error) = run(&home, &add);
    assert!(code == 1 && error.contains("--pinned needs a build of the recorder in `assets`: "), "{error}");
    assert!(error.contains("dist/snippet-pinned.js: "), "{error}");
    std::fs::write(home.file("dist/snippet-pinned.js"), "pinned('https://collect.example.com')\n").unwrap();
    let (_, out, _) = run(&home, &add);
    assert!(out.contains("<script>\npinned('https://c.shop.example')\nwaymark('init'"), "{out}");
    let (code, _, error) = run(&home, &["site", "add", "--pinned", "--origin", "https://shop.example", "new.toml"]);
    assert!(code == 1 && error.contains("it is not set"), "{error}");
}

#[test]
fn a_first_site_needs_no_file_and_no_account() {
    let home = Home::in_memory();
    let (code, out, error) = run(&home, &["site", "add", "--origin", "https://shop.example", "new.toml"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("http://127.0.0.1:8787") && out.contains("The file has no public_url"), "{out}");
    let config = Config::load(Some(&home.file("new.toml")), |_| None).unwrap();
    let account = config.sites[0].account.clone();
    run(&home, &["site", "add", "--origin", "https://blog.example", "new.toml"]);
    let config = Config::load(Some(&home.file("new.toml")), |_| None).unwrap();
    assert_eq!((config.sites.len(), &config.sites[1].account), (2, &account), "the same owner's");
}

#[test]
fn a_recorder_that_is_not_served_is_told_by_every_command() {
    let home = Home::in_memory();
    std::fs::create_dir(home.file("empty")).unwrap();
    std::fs::create_dir(home.file("dist")).unwrap();
    std::fs::write(home.file("dist/waymark.js"), "the recorder").unwrap();
    const UNSET: &str = "no `assets` is set: /waymark.js";
    for (assets, why) in [
        ("", Some(UNSET)),
        ("assets = \"nothing\"\n", Some("there is no waymark.js in `assets` (nothing): /waymark.js")),
        ("assets = \"empty\"\n", Some("there is no waymark.js in `assets` (empty): /waymark.js")),
        ("assets = \"dist\"\n", None),
    ] {
        let is_told =
            |out: &str| why.map_or(!out.contains("waymark.js"), |why| out.contains(&format!("Warning: {why}")));
        std::fs::write(home.file("waymark.toml"), assets).unwrap();
        let (code, out, error) = run(&home, &["site", "add", "--origin", "https://shop.example", "waymark.toml"]);
        let (_, after) = out.split_once("</script>").unwrap();
        assert!(code == 0 && is_told(after), "{out}{error}");
        let (code, out, error) = run(&home, &["check", "waymark.toml"]);
        assert!(code == 0 && is_told(&out), "{out}{error}");
    }
    let (_, out, _) = run(&home, &["site", "add", "--origin", "https://shop.example", "fresh.toml"]);
    assert!(out.starts_with("fresh.toml (a new file): site `") && out.contains(UNSET), "{out}");
}

#[test]
fn a_start_warns_of_what_does_not_work() {
    let home = Home::in_memory();
    std::fs::create_dir(home.file("empty")).unwrap();
    for (text, why) in [
        ("", "no `assets` is set: /waymark.js"),
        ("assets = \"empty\"\n", "there is no waymark.js in `assets` (empty)"),
        ("limits.site_burst = 5\n", "limits.site_burst has no effect without limits.site_rate"),
    ] {
        std::fs::write(home.file("waymark.toml"), format!("listen = \"127.0.0.1:0\"\n{text}")).unwrap();
        let mut child = program(&home).args(["--config", "waymark.toml"]).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(log.any(|line| line.contains("WARN") && line.contains(why)), "{why}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn what_can_never_work_is_warned_of() {
    let home = Home::in_memory();
    let origins = |origin: &str| format!("[[sites]]\nkey = \"a\"\naccount = \"{ACCOUNT}\"\norigins = [\"{origin}\"]\n");
    let (web, app) = (origins("https://shop.example"), origins("capacitor://localhost"));
    for (text, why, is_warned) in [
        (
            format!("public_url = \"http://collect.example.com\"\n{web}"),
            "cannot send to http://collect.example.com",
            true,
        ),
        (format!("public_url = \"http://collect.example.com\"\n{app}"), "cannot send to", false),
        (format!("public_url = \"https://collect.example.com\"\n{web}"), "cannot send to", false),
        (format!("public_url = \"http://localhost:8787\"\n{web}"), "cannot send to", false),
        (format!("public_url = \"http://[::1]:8787\"\n{web}"), "cannot send to", false),
        ("limits.address_burst = 5\n".to_owned(), "limits.address_burst has no effect", true),
        ("limits.address_burst = 5\nlimits.address_rate = 1\n".to_owned(), "_burst", false),
        (String::new(), "no [[sites]] are configured: every batch will be refused", true),
    ] {
        std::fs::write(home.file("waymark.toml"), &text).unwrap();
        let (code, out, error) = run(&home, &["check", "waymark.toml"]);
        assert_eq!((code, out.contains(why)), (0, is_warned), "{text}{out}{error}");
    }
}

#[test]
fn what_cannot_be_added_changes_nothing() {
    let home = Home::in_memory();
    let file = home.file("waymark.toml");
    for (text, arguments, why) in [
        (FILE, ["--origin", "shop.example"], "line 43  sites[2].origins[0]: `shop.example` must be"),
        (
            FILE,
            ["--origin", "https://a.example"],
            "name one of the accounts by --account: 3210be7ad82f403298f7c4da065ec657, 0",
        ),
        ("sites = []\n", ["--origin", "https://a.example"], "is not TOML: duplicate key"),
        ("lissten = 1\n", ["--origin", "https://a.example"], "lissten: unknown key"),
    ] {
        std::fs::write(&file, text).unwrap();
        let with_account = ["--account", ACCOUNT];
        let more: &[&str] = if why.contains("--account") { &[] } else { &with_account };
        let all = [&["site", "add", "waymark.toml"], &arguments[..], more].concat();
        let (code, _, error) = run(&home, &all);
        assert_eq!(code, 1);
        assert!(error.contains(why), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}
