//! What an operator reads when the configuration is wrong.

use crate::running::*;
use std::path::Path;
use waymark_collector::{Admin, Config, ProxyHeader, SecurityLog};
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
        admin_token = "secret"
        proxies = ["10.0.0.1", "10.1.0.0/16"]
        proxy_header = "forwarded"
        geoip = "city.mmdb"

        [limits]
        body_bytes = 1
        decompressed_bytes = 2
        event_bytes = 3
        batch_bytes = 4
        queue_bytes = 5
        disk_bytes = 6

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
        level = 2
        retention_days = 30

        [sites.collect]
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
        query = true
        hash = true
        user = false
        link = false
        "#,
        &[],
    )
    .unwrap();
    assert_eq!(config.listen.to_string(), "[::]:80");
    assert_eq!(config.store, Path::new("/var/lib/waymark/events.db"));
    assert_eq!(config.assets.as_deref(), Some(Path::new("dist")));
    assert!(matches!(&config.admin, Admin::Token(token) if token.is("secret")));
    assert_eq!(config.proxies, ["10.0.0.1", "10.1.0.0/16"].map(|range| range.parse().unwrap()));
    assert_eq!(config.proxy_header, ProxyHeader::Forwarded);
    assert_eq!(config.geoip.as_deref(), Some(Path::new("city.mmdb")));
    let tls = config.tls.as_ref().unwrap();
    assert_eq!((tls.cert.as_path(), tls.key.as_path()), (Path::new("cert.pem"), Path::new("key.pem")));
    let SecurityLog { on, dir, days } = &config.security_log;
    assert_eq!((*on, dir.as_path(), *days), (false, Path::new("/var/log/waymark"), 7));
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
    assert!(!format!("{config:?}").contains("secret"));
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
         `security_log`, `limits`, `sites`",
    );
    wrong(
        "[limits]\nbody = 1\n",
        "FILE: TOML parse error at line 2, column 1\n  |\n2 | body = 1\n  | ^^^^\nunknown field `body`, expected one of \
         `body_bytes`, `decompressed_bytes`, `event_bytes`, `batch_bytes`, `queue_bytes`, `disk_bytes`",
    );
    wrong(
        "[[sites]]\nkey = \"a\"\nid = 1\n",
        "FILE: TOML parse error at line 3, column 1\n  |\n3 | id = 1\n  | ^^\nunknown field `id`, expected one of `key`, \
         `account`, `name`, `origins`, `level`, `collect`, `retention_days`",
    );
    wrong(
        "[[sites]]\nkey = \"a\"\n[sites.collect]\ntitel = false\n",
        "FILE: TOML parse error at line 4, column 1\n  |\n4 | titel = false\n  | ^^^^^\nunknown field `titel`, expected one \
         of `url`, `pathname`, `query`, `hash`, `title`, `pageViews`, `browserName`, `browserVersion`, `mobile`, \
         `osName`, `osVersion`, `screen`, `timezone`, `user`, `link`",
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
            &format!("[[sites]]\nlevel = {level}\n"),
            &format!(
                "FILE: TOML parse error at line 2, column 9\n  |\n2 | level = {level}\n  |         {}\nlevel must be 0, 1, \
                 2 or 3, and is {level}",
                "^".repeat(level.len())
            ),
        );
    }
    wrong(
        "[[sites]]\ncollect = { title = \"no\" }\n",
        "FILE: TOML parse error at line 2, column 21\n  |\n2 | collect = { title = \"no\" }\n  |                     \
         ^^^^\ninvalid type: string \"no\", expected a boolean",
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
        "site `shop`: origin `https://shop.example/` must be scheme and host as browsers send them, such as \
         https://www.example.com or http://localhost:3000, in lower case and without a path",
    );
    wrong(&format!("{GOOD}{}", GOOD.replace("shop", "")), "site number 2: key must be 1 to 64 of A-Z a-z 0-9 _ . -");
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Some(Path::new("/nonexistent.toml")), |_| None).unwrap_err().to_string();
    assert_eq!(error, "/nonexistent.toml: No such file or directory (os error 2)");
}
