//! What an operator reads when the configuration is wrong.

use crate::harness::running::*;
use std::path::Path;
use waymark_collector::{Admin, Config, ProxyHeader, Region, SecurityLog};
use waymark_wire::{Field, Level};

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let home = Home::in_memory();
    let file = home.file("waymark.toml");
    std::fs::write(&file, text).unwrap();
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::load(Some(&file), variable).map_err(|error| error.to_string().replace(file.to_str().unwrap(), "FILE"))
}

#[track_caller]
fn wrong(text: &str, why: &str) {
    assert_eq!(load(text, &[]).unwrap_err().trim_end(), why);
}

#[test]
fn every_key_can_be_set() {
    let config = load(
        r#"
        listen = "[::]:80"
        store = "/var/lib/waymark/events.db"
        assets = "dist"
        admin_token = "sesame"
        proxies = ["10.0.0.1", "10.1.0.0/16"]
        proxy_header = "forwarded"
        geoip = "city.mmdb"
        admin_listen = "10.0.0.2:8789"
        public_url = "https://collect.example.com"
        region = "eu"
        endpoints = { us = "https://us.example.com", eu = "https://eu.example.com" }

        [limits]
        body_bytes = 1
        decompressed_bytes = 2
        event_bytes = 3
        batch_bytes = 4
        queue_bytes = 5
        disk_bytes = 6
        connections = 6
        site_rate = 7
        site_burst = 8
        address_rate = 9
        address_burst = 10

        [[accounts]]
        id = "3210be7ad82f403298f7c4da065ec657"
        region = "us"
        name = "The shop's owner"

        [tls]
        cert = "cert.pem"
        key = "key.pem"

        [security_log]
        on = false
        dir = "/var/log/waymark"
        days = 7

        [[sites]]
        key = "shop"
        account = "3210be7ad82f403298f7c4da065ec657"
        name = "The shop"
        origins = ["https://shop.example", "http://localhost:3000"]
        environments = { production = 0, test = 1 }
        enabled = true
        sampling = 50
        retention_days = 30
        state_secrets = ["0123456789abcdef0123456789abcdef", "the one before it, as long as this"]

        [sites.settings]
        level = 2
        consent = "wait"
        user = "none"
        identity.link = false

        [sites.settings.collect]
        url = true
        pathname = false
        title = false
        pageViews = false
        browserName = false
        browserVersion = false
        mobile = false
        osName = false
        osVersion = false
        screen = false
        timezone = false
        query = ["page"]
        hash = true
        "#,
        &[],
    )
    .unwrap();
    assert_eq!(config.listen.to_string(), "[::]:80");
    assert_eq!(config.store, Path::new("/var/lib/waymark/events.db"));
    assert_eq!(config.assets.as_deref(), Some(Path::new("dist")));
    assert!(matches!(&config.admin, Admin::Token(token) if token.is("sesame")));
    assert_eq!(config.proxies, ["10.0.0.1", "10.1.0.0/16"].map(|range| range.parse().unwrap()));
    assert_eq!(config.proxy_header, ProxyHeader::Forwarded);
    assert_eq!(config.geoip.as_deref(), Some(Path::new("city.mmdb")));
    let tls = config.tls.as_ref().unwrap();
    assert_eq!((tls.cert.as_path(), tls.key.as_path()), (Path::new("cert.pem"), Path::new("key.pem")));
    let SecurityLog { on, dir, days } = &config.security_log;
    assert_eq!((*on, dir.as_path(), *days), (false, Path::new("/var/log/waymark"), 7));
    assert_eq!((config.limits.connections, config.limits.address_burst), (6, Some(10)));
    assert_eq!((config.region, config.region_of(ACCOUNT)), (Some(Region::Eu), Some(Region::Us)));
    assert_eq!(config.public_url(), Some("https://collect.example.com"));
    assert_eq!((config.sites[0].environments["test"], config.sites[0].sampling), (1, 50));
    assert_eq!((config.limits.body_bytes, config.limits.queue_bytes, config.limits.disk_bytes), (1, 5, 6));
    assert_eq!(config.sites[0].retention_days, 30);
    assert_eq!(config.sites[0].origins.len(), 2);
    let allowed = config.sites[0].allowed();
    assert_eq!(allowed.level(), Level::Experience);
    let fields: Vec<_> = Field::ALL.iter().filter(|&&field| !allowed.field(field)).map(|field| field.path()).collect();
    let expected = "wm.euId wm.euIdSource env.browser.name env.browser.version env.browser.string env.os.name \
         env.os.version env.mobile env.screen.height env.screen.width env.timezone ctx.location.pathname \
         ctx.location.search ctx.location.hash ctx.title";
    assert_eq!(fields.join(" "), expected);
    assert!(!allowed.kind("pageView") && !allowed.kind("identify") && allowed.kind("elementClick"));
    assert!(config.sites[0].state_secrets[0].signed("a", "b", &config.sites[0].state_secrets[0].sign("a", "b")));
    let shown = format!("{config:?}");
    assert!(!["sesame", "0123456789", "the one before"].iter().any(|secret| shown.contains(secret)), "{shown}");
}

#[test]
fn an_empty_file_is_the_defaults() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
    assert_eq!(config.store, Path::new("waymark.db"));
    assert!(config.assets.is_none() && config.sites.is_empty() && matches!(config.admin, Admin::Closed));
    assert_eq!((config.limits.body_bytes, config.limits.decompressed_bytes), (1 << 20, 1 << 20));
}

#[test]
fn the_environment_is_over_the_file() {
    let variables = [
        ("WAYMARK_LISTEN", "127.0.0.1:1"),
        ("WAYMARK_STORE", ":memory:"),
        ("WAYMARK_ASSETS", "other"),
        ("WAYMARK_ADMIN_TOKEN", "fresh"),
    ];
    let config = load("listen = \"127.0.0.1:2\"\nstore = \"x\"\nadmin_token = \"old\"", &variables).unwrap();
    assert_eq!((config.listen.port(), config.store.as_path()), (1, Path::new(":memory:")));
    assert_eq!(config.assets.as_deref(), Some(Path::new("other")));
    assert!(matches!(&config.admin, Admin::Token(token) if token.is("fresh")));
    assert_eq!(
        load("", &[("WAYMARK_LISTEN", "here")]).unwrap_err(),
        "WAYMARK_LISTEN: `here` is not an address and port, such as 127.0.0.1:8787"
    );
}

#[test]
fn an_unknown_key_is_shown_with_its_line_and_what_is_allowed() {
    wrong(
        "store = \"x\"\nlissten = \"127.0.0.1:1\"\n",
        "FILE: TOML parse error at line 2, column 1\n  |\n2 | lissten = \"127.0.0.1:1\"\n  | ^^^^^^^\nunknown field \
         `lissten`, expected one of `listen`, `tls`, `store`, `assets`, `admin_token`, `proxies`, `proxy_header`, `geoip`, \
         `security_log`, `admin_listen`, `public_url`, `region`, `endpoints`, `limits`, `accounts`, `sites`",
    );
    wrong(
        "[limits]\nbody = 1\n",
        "FILE: TOML parse error at line 2, column 1\n  |\n2 | body = 1\n  | ^^^^\nunknown field `body`, expected one of \
         `body_bytes`, `decompressed_bytes`, `event_bytes`, `batch_bytes`, `queue_bytes`, `disk_bytes`, `connections`, `site_rate`, `site_burst`, \
         `address_rate`, `address_burst`",
    );
    wrong(
        "[[sites]]\nkey = \"a\"\nid = 1\n",
        "FILE: TOML parse error at line 3, column 1\n  |\n3 | id = 1\n  | ^^\nunknown field `id`, expected one of `key`, \
         `account`, `name`, `origins`, `environments`, `enabled`, `sampling`, `settings`, `retention_days`, \
         `state_secrets`",
    );
    wrong(
        "[[sites]]\nkey = \"a\"\n[sites.settings.batch]\ntitel = false\n",
        "FILE: TOML parse error at line 4, column 1\n  |\n4 | titel = false\n  | ^^^^^\nunknown field `titel`, expected \
         one of `events`, `bytes`, `ageMs`",
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_shown_with_its_line() {
    wrong(
        "listen = \"here\"\n",
        "FILE: TOML parse error at line 1, column 10\n  |\n1 | listen = \"here\"\n  |          ^^^^^^\ninvalid socket \
         address syntax",
    );
    for level in ["4", "-1"] {
        wrong(
            &format!("[[sites]]\nsettings.level = {level}\n"),
            &format!(
                "FILE: TOML parse error at line 2, column 18\n  |\n2 | settings.level = {level}\n  |                  {}\n\
                 must be a whole number from 0 to 3",
                "^".repeat(level.len())
            ),
        );
    }
    wrong(
        "[[sites]]\nsettings = { collect.title = \"no\" }\n",
        "FILE: TOML parse error at line 2, column 30\n  |\n2 | settings = { collect.title = \"no\" }\n  |                              \
         ^^^^\nmust be true or false",
    );
    wrong(
        "limits.queue_bytes = 5\n",
        "limits.queue_bytes: must be at least limits.batch_bytes, or no batch could wait",
    );
    wrong("limits.body_bytes = 0\n", "limits.body_bytes: must be from 1 to 2147483648");
    wrong("store = \"\"\n", "store: must be a file's path or `:memory:`");
    wrong("admin_token = \"\"\n", "admin_token: must not be empty; leave it out to keep export and inspector closed");
}

#[test]
fn a_wrong_site_is_named() {
    const GOOD: &str = "[[sites]]\nkey = \"shop\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";
    wrong(&format!("{GOOD}{GOOD}"), "site `shop`: its key is there twice; every site needs its own");
    wrong("[[sites]]\nkey = \"shop\"\naccount = \"12\"\n", "site `shop`: account must be 32 hex digits, and is `12`");
    wrong(
        &format!("{GOOD}origins = [\"https://shop.example/\"]\n"),
        "site `shop`: origin `https://shop.example/` must be scheme and host as browsers send them, in lower case, without a \
         path and without the scheme's usual port: write `https://shop.example`",
    );
    wrong(
        &format!("{GOOD}origins = [\"https://a.com:443\"]\n"),
        "site `shop`: origin `https://a.com:443` must be scheme and host as browsers send them, in lower case, without a path \
         and without the scheme's usual port: write `https://a.com`",
    );
    wrong(
        &format!("{GOOD}origins = [\"htps://a.com\"]\n"),
        "site `shop`: origin `htps://a.com` must be scheme and host as browsers send them, in lower case and without a path, \
         such as https://www.example.com, http://localhost:3000, capacitor://localhost or null; https://*.example.com is its \
         subdomains",
    );
    let apps = "[\"null\", \"file://\", \"capacitor://localhost\", \"app://.\", \"moz-extension://*\"]";
    assert!(load(&format!("{GOOD}origins = {apps}\n"), &[]).is_ok());
    for key in [".", ".."] {
        let why = format!("site `{key}`: key must not be `{key}`: browsers leave that out of addresses");
        wrong(&GOOD.replace("shop", key), &why);
    }
    wrong(&format!("{GOOD}{}", GOOD.replace("shop", "")), "site number 2: key must be 1 to 64 of A-Z a-z 0-9 _ . -");
}

#[test]
fn a_token_that_no_request_can_say_is_refused() {
    for token in [" sesame", "sesame\\n", "s\u{e9}same", "open\\tsesame"] {
        wrong(
            &format!("admin_token = \"{token}\"\n"),
            "admin_token: must be printable ASCII without a blank or line break at its ends: no header can carry another",
        );
    }
    assert!(load("", &[("WAYMARK_ADMIN_TOKEN", "sesame\n")]).is_err());
    assert!(load("admin_token = \"open sesame\"\n", &[]).is_ok());
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Some(Path::new("/nonexistent.toml")), |_| None).unwrap_err().to_string();
    assert_eq!(error, "/nonexistent.toml: No such file or directory (os error 2)");
}

#[test]
fn what_older_files_say_of_a_site_is_told_its_new_place() {
    for (text, place) in [
        ("[[sites]]\nlevel = 2\n", "level belongs under [sites.settings]\n"),
        ("[[sites]]\n[sites.collect]\nurl = true\n", "collect belongs under [sites.settings]: collect.title = false\n"),
    ] {
        let error = load(text, &[]).unwrap_err();
        assert!(error.ends_with(place), "{error}");
    }
}

#[test]
fn accounts_stay_in_a_region_that_is_told() {
    const SITE: &str = "[[sites]]\nkey = \"shop\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";
    let account = |id: &str| format!("[[accounts]]\nid = \"{id}\"\nregion = \"eu\"\n");
    let shop = account(ACCOUNT);
    assert_eq!(load(SITE, &[]).unwrap().region_of(ACCOUNT), None);
    assert_eq!(load(&format!("region = \"us\"\n{SITE}"), &[]).unwrap().region_of(ACCOUNT), Some(Region::Us));
    let elsewhere = load(&format!("{shop}{SITE}"), &[("WAYMARK_REGION", "us")]).unwrap();
    assert_eq!((elsewhere.region, elsewhere.region_of(ACCOUNT)), (Some(Region::Us), Some(Region::Eu)));
    let other = account("00000000000000000000000000000000");
    for accounts in [shop.clone(), format!("{shop}{other}")] {
        let from_accounts = load(&format!("{accounts}{SITE}"), &[]).unwrap();
        assert_eq!((from_accounts.region, from_accounts.region_of(ACCOUNT)), (Some(Region::Eu), Some(Region::Eu)));
    }
    let in_both = format!("{shop}{}{SITE}", other.replace("eu", "us"));
    // Two collectors may share a file whose accounts are all in one: the other one must not take itself to be there.
    let both_endpoints = format!("[endpoints]\nus = \"https://us.a.com\"\neu = \"https://eu.a.com\"\n{shop}{SITE}");
    for both in [&in_both, &both_endpoints] {
        wrong(
            both,
            "region: must be `us` or `eu`, the data centre of this collector: the accounts and endpoints are in both",
        );
    }
    assert_eq!(load(&in_both, &[("WAYMARK_REGION", "us")]).unwrap().region, Some(Region::Us));
    wrong(
        &format!("region = \"eu\"\n{other}{SITE}"),
        "site `shop`: account `3210be7ad82f403298f7c4da065ec657` is none of [[accounts]]: \
         00000000000000000000000000000000",
    );
    wrong(
        &format!("region = \"eu\"\n{shop}{shop}"),
        "account `3210be7ad82f403298f7c4da065ec657`: its id is there twice; every account needs its own",
    );
    let error = load("[[accounts]]\nid = \"a\"\nregion = \"mars\"\n", &[]).unwrap_err();
    assert!(error.contains("region = \"mars\"\n  |          ^^^^^^\nmust be one of us, eu"), "{error}");
    assert_eq!(
        load("", &[("WAYMARK_REGION", "uk")]).unwrap_err(),
        "WAYMARK_REGION: `uk` is no region; there are us and eu"
    );
}

#[test]
fn addresses_bounds_and_numbers_must_make_sense() {
    for address in ["collect.example.com", "https://", "https://a/", "https://a\"b", "ftp://a"] {
        let error = load(&format!("public_url = '{address}'"), &[]).unwrap_err();
        assert!(error.starts_with("public_url: ") && error.contains("https://collect.example.com"), "{error}");
    }
    wrong(
        "admin_listen = \"0.0.0.0:8789\"",
        "admin_listen: needs an admin_token too: others than this machine can reach that address",
    );
    assert!(load("admin_listen = \"127.0.0.1:8789\"", &[]).is_ok());
    wrong("limits.site_burst = 0", "limits.site_burst: must be at least 1, or no request would ever be taken");
    wrong("limits.connections = 0", "limits.connections: must be from 1 to 1000000");
    let site = "[[sites]]\nkey = \"shop\"\naccount = \"3210be7ad82f403298f7c4da065ec657\"\n";
    let short = format!("{site}state_secrets = [\"{}\"]", "x".repeat(31));
    wrong(&short, "site `shop`: each of state_secrets must be at least 32 bytes, such as `openssl rand -hex 32` gives");
    let three = format!("{site}state_secrets = [\"a\", \"b\", \"c\"]");
    wrong(&three, "site `shop`: state_secrets may be two at most: the one in use, and the one before it or after it");
    wrong(&format!("{site}sampling = 101"), "site `shop`: sampling must be from 0 to 100, and is 101");
    wrong(
        &format!("{site}environments = {{ a = 1, b = 1 }}"),
        "site `shop`: environment `b` must be a number of its own from 0 to 1000, and is 1",
    );
}

#[test]
fn the_page_on_configuration_shows_a_file_with_every_key() {
    let page = include_str!("../../../../docs/configuration.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let config = load(example, &[]).unwrap();
    assert_eq!((config.sites.len(), config.accounts.len()), (1, 1));
    let known = |text: &str| {
        let error = load(text, &[]).unwrap_err();
        let (_, keys) = error.split_once("expected one of ").unwrap();
        keys.trim().split(", ").map(|key| key.trim_matches('`').to_owned()).collect::<Vec<_>>()
    };
    let tables = ["nothing = 1", "[limits]\nnothing = 1", "[[accounts]]\nnothing = 1", "[[sites]]\nnothing = 1"];
    for key in tables.into_iter().flat_map(known) {
        let said = |line: &str| {
            let line = line.trim_start_matches(['#', ' ']);
            line.starts_with(&format!("{key} ="))
                || line.trim_matches(['[', ']']).split(']').next().unwrap().ends_with(&key)
        };
        assert!(example.lines().any(said), "{key}");
    }
}
