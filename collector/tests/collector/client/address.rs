//! Where events come from: the masked address, the place, and the one file in which an address is whole.

use crate::harness::mmdb::database;
use crate::harness::running::*;
use serde_json::{Value, json};
use std::path::Path;
use waymark_collector::{Config, SecurityLog, ServeError};

const SENDER: &str = "203.0.113.77";

/// Believes what this machine says of who sent it.
fn behind_a_proxy(home: &Home) -> Config {
    Config { proxies: vec!["127.0.0.0/8".parse().unwrap()], ..home.config() }
}

/// What is stored of where the events of a batch from `ip` come from.
async fn stored_from(collector: &Running, tab: u32, ip: &str) -> Value {
    let batch = views(tab, 1_700_000_000_000, 1).to_string();
    assert_eq!(collector.post_with(&[("x-forwarded-for", ip)], batch).await.outcome(), reply(1, 0));
    let event = collector.events("?last=1").await.remove(0);
    json!([event["server"]["ip"], event["server"]["place"]])
}

#[tokio::test]
async fn the_place_is_that_of_the_whole_address_and_what_is_stored_is_masked() {
    let home = Home::in_memory();
    let file = home.file("city.mmdb");
    let networks = [(format!("{SENDER}/32"), "SE", "Linköping"), ("2001:db8::/32".to_owned(), "JP", "Tokyo")];
    let networks = networks.each_ref().map(|(network, country, city)| (network.as_str(), *country, *city));
    std::fs::write(&file, database(&networks)).unwrap();
    let collector = Running::start(Config { geoip: Some(file), ..behind_a_proxy(&home) }).await;
    let place = |country, city| json!({"country": country, "city": city});
    assert_eq!(stored_from(&collector, 1, SENDER).await, json!(["203.0.113.0", place("SE", "Linköping")]));
    assert_eq!(stored_from(&collector, 2, "2001:db8:1:2::3").await, json!(["2001:db8:1::", place("JP", "Tokyo")]));
    assert_eq!(stored_from(&collector, 3, "203.0.113.78").await, json!(["203.0.113.0", null]));
    assert_eq!(stored_from(&collector, 4, "127.0.0.1").await, json!(["127.0.0.0", null]));
    collector.stop().await;
}

#[tokio::test]
async fn the_port_that_a_proxy_writes_is_no_part_of_the_address() {
    let home = Home::in_memory();
    let collector = Running::start(behind_a_proxy(&home)).await;
    for (tab, (said, masked)) in [
        ("203.0.113.7:51008", "203.0.113.0"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1::"),
        ("\"[::ffff:203.0.113.7]:51008\"", "203.0.113.0"),
        ("6.6.6.6, [fe80:1:2::1%eth0]:443, 127.0.0.9:80", "fe80:1:2::"),
        ("203.0.113.7, unknown", "127.0.0.0"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(stored_from(&collector, tab as u32, said).await, json!([masked, null]), "{said}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_replaced_database_is_taken_in_and_a_broken_one_is_not() {
    let home = Home::in_memory();
    let file = home.file("city.mmdb");
    std::fs::write(&file, database(&[("203.0.113.0/24", "SE", "Lund")])).unwrap();
    let collector = Running::start(Config { geoip: Some(file.clone()), ..behind_a_proxy(&home) }).await;
    let mut tab = 0;
    let mut city = async || {
        tab += 1;
        stored_from(&collector, tab, SENDER).await[1]["city"].clone()
    };
    assert_eq!(city().await, "Lund");
    std::fs::write(&file, "no database").unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(city().await, "Lund");
    std::fs::write(&file, database(&[("203.0.113.0/24", "SE", "Malmö")])).unwrap();
    in_time(async {
        while city().await != "Malmö" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    collector.stop().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_read_is_told_at_the_start() {
    let home = Home::in_memory();
    let file = home.file("city.mmdb");
    let refused = || {
        let config = Config { geoip: Some(file.clone()), ..home.config() };
        waymark_collector::Collector::open(config).err().unwrap().to_string().replace(file.to_str().unwrap(), "FILE")
    };
    let why = "cannot use the database of places FILE: ";
    assert!(refused().starts_with(why), "{}", refused());
    let whole = database(&[("203.0.113.0/24", "SE", "Lund")]);
    for part in [0, 10, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..part]).unwrap();
        assert!(refused().starts_with(why), "{}", refused());
    }
}

#[tokio::test]
async fn forwarded_is_believed_where_it_is_the_proxies_header() {
    let home = Home::in_memory();
    let config = toml_config("proxies = [\"127.0.0.1\"]\nproxy_header = \"forwarded\"");
    let config = Config { proxies: config.proxies, proxy_header: config.proxy_header, ..home.config() };
    let collector = Running::start(config).await;
    let batch = views(1, 1_700_000_000_000, 1).to_string();
    let said = [("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=\"[2001:db8:1:2::3]:99\"")];
    assert_eq!(collector.post_with(&said, batch).await.outcome(), reply(1, 0));
    assert_eq!(collector.events("").await[0]["server"]["ip"], "2001:db8:1::");
    collector.stop().await;
}

fn toml_config(text: &str) -> Config {
    let home = Home::in_memory();
    std::fs::write(home.file("c.toml"), text).unwrap();
    Config::load(Some(&home.file("c.toml")), |_| None).unwrap()
}

fn lines(dir: &Path) -> Vec<Value> {
    let file = std::fs::read_dir(dir).unwrap().next().unwrap().unwrap();
    std::fs::read_to_string(file.path()).unwrap().lines().map(value).collect()
}

#[tokio::test]
async fn an_address_is_whole_in_the_security_log_and_nowhere_else() {
    let home = Home::in_sqlite();
    let dir = home.file("security");
    let security_log = SecurityLog { on: true, dir: dir.clone(), days: 30 };
    let collector = Running::start(Config { security_log, ..behind_a_proxy(&home) }).await;
    let from = [("x-forwarded-for", SENDER)];
    let post = async |body: &str| collector.post_with(&from, body.to_owned()).await;
    let batch = views(1, 1_700_000_000_000, 1);
    let other = |site: &str| BATCH.replace(r#""site":"demo""#, &format!(r#""site":"{site}""#));
    let answers = [
        post(&batch.to_string()).await,
        post("nonsense").await,
        post(&other("nobody")).await,
        post(&other("shop")).await,
        collector.get_with("/v1/events?token=secret", &from).await,
        collector.get_with("/.env", &from).await,
    ];
    for answer in &answers {
        assert!(!answer.text().contains(SENDER) && !format!("{:?}", answer.headers).contains(SENDER));
    }
    collector.stop().await;

    let noted: Vec<_> = lines(&dir)
        .iter()
        .map(|line| {
            assert_eq!(line["ip"], SENDER);
            json!([line["method"], line["path"], line["site"], line["status"]])
        })
        .collect();
    assert_eq!(
        json!(noted),
        json!([
            ["POST", "/v1/events", "demo", 200],
            ["POST", "/v1/events", null, 400],
            ["POST", "/v1/events", "nobody", 401],
            ["POST", "/v1/events", "shop", 403],
            ["GET", "/v1/events", null, 401],
            ["GET", "/.env", null, 404],
        ])
    );
    assert_eq!(lines(&dir)[0]["bytes"], batch.to_string().len());
    let store = std::fs::read(home.store()).unwrap();
    assert!(!store.windows(SENDER.len()).any(|window| window == SENDER.as_bytes()));
}

#[tokio::test]
async fn where_the_security_log_cannot_be_written_it_is_told_at_the_start() {
    let home = Home::in_memory();
    std::fs::write(home.file("taken"), "").unwrap();
    let security_log = SecurityLog { on: true, dir: home.file("taken"), days: 30 };
    let error = waymark_collector::Collector::open(Config { security_log, ..home.config() }).err().unwrap();
    assert!(matches!(error, ServeError::SecurityLog { .. }), "{error}");
    assert!(error.to_string().contains("set `on = false`, in [security_log]"), "{error}");
}
