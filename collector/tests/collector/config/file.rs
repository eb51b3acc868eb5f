//! A configuration file that is right: its keys, the defaults, and the environment over them.

use super::reading::load;
use crate::harness::running::*;
use std::path::Path;
use waymark_collector::{Admin, Config, ConfigError, ProxyHeader, Region, SecurityLog};
use waymark_wire::{Field, Level};

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
        read_token = "open insights"
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
    assert!(config.sites[0].read_token.as_ref().is_some_and(|token| token.is("open insights")));
    let shown = format!("{config:?}");
    assert!(
        !["sesame", "open insights", "0123456789", "the one before"].iter().any(|secret| shown.contains(secret)),
        "{shown}"
    );
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
    let wrong = [("WAYMARK_LISTEN", "here"), ("WAYMARK_REGION", "uk"), ("WAYMARK_ADMIN_TOKEN", "sesame\n")];
    assert_eq!(
        load("listen = 1\nadmin_token = \"old\"", &wrong).unwrap_err(),
        "FILE has 4 mistakes:\n          WAYMARK_LISTEN: must be an address and port in quotes, such as 127.0.0.1:8787, and is \
         `here`\n          WAYMARK_REGION: must be one of us, eu, and is `uk`\n          WAYMARK_ADMIN_TOKEN: must be \
         printable ASCII without a blank or line break at its ends: no header can carry another\n  line 1  listen: must be \
         an address and port in quotes, such as 127.0.0.1:8787"
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Some(Path::new("/nonexistent.toml")), |_| None).unwrap_err().to_string();
    assert_eq!(error, "/nonexistent.toml: No such file or directory (os error 2)");
}

#[test]
fn the_page_on_configuration_shows_a_file_with_every_key() {
    let page = include_str!("../../../../docs/configuration.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let config = load(example, &[]).unwrap();
    assert_eq!((config.sites.len(), config.accounts.len()), (1, 1));
    let known = |text: &str| {
        let Err(ConfigError::Mistakes(mistakes)) = Config::read(text, "FILE", |_| None) else { panic!("{text}") };
        let unknown = mistakes.list.iter().find(|mistake| mistake.key.ends_with("nothing")).unwrap();
        let (_, keys) = unknown.reason.split_once("the keys here are ").unwrap();
        keys.split(", ").map(str::to_owned).collect::<Vec<_>>()
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
