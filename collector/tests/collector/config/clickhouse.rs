//! `[clickhouse]`.

use super::reading::{load, mistakes};

const LEFT_OUT: &str = "kafka: this collector was built without Kafka: build it with `--features kafka`";

/// The mistakes of a file, without that of the build.
fn told(text: &str) -> Vec<String> {
    mistakes(text).into_iter().filter(|told| !told.ends_with(LEFT_OUT)).collect()
}

#[test]
fn all_mistakes_are_told_at_once_with_their_lines() {
    let text = r#"[clickhouse]
url = "clickhouse:8123"
database = "a b"
cluster = "it's"
batch_rows = 0
batch_ms = 0.5
password = "hush"
"#;
    let mut found = told(text);
    found.sort();
    let mut expected = [
        "1 clickhouse: needs [kafka] too: events reach ClickHouse through it",
        "2 clickhouse.url: must be an address in quotes, such as \"http://clickhouse.example:8123\"",
        "3 clickhouse.database: must be a name of A-Z a-z 0-9 _ in quotes that begins with no digit",
        "4 clickhouse.cluster: must be a name of A-Z a-z 0-9 _ in quotes that begins with no digit",
        "5 clickhouse.batch_rows: must be a whole number from 1 to 1000000",
        "6 clickhouse.batch_ms: must be a whole number of milliseconds from 1 to 60000",
        "7 clickhouse.password: must be in a file: password_file; or in WAYMARK_CLICKHOUSE_PASSWORD",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(!found.concat().contains("hush"));
}

#[test]
fn a_table_needs_its_address_and_kafka() {
    let kafka = "[kafka]\nbootstrap_servers = \"a\"\n";
    let missing = "3 clickhouse.url: is missing; it must be an address in quotes, such as \
                   \"http://clickhouse.example:8123\"";
    assert_eq!(told(&format!("{kafka}[clickhouse]\n")), [missing]);
    for (url, is_right) in [
        ("http://a", true),
        ("https://a.example:8443/", true),
        ("http://[::1]:8123", true),
        ("http://", false),
        ("http://me:hush@a", false),
        ("http://a/?user=b", false),
        ("tcp://a", false),
    ] {
        let found = told(&format!("{kafka}[clickhouse]\nurl = \"{url}\"\n"));
        assert_eq!(found.is_empty(), is_right, "{url}: {found:?}");
    }
}

#[test]
fn variables_go_before_the_file_and_need_kafka_too() {
    let error = load("", &[("WAYMARK_CLICKHOUSE_URL", "http://a")]).unwrap_err();
    assert!(error.contains("clickhouse: needs [kafka] too"), "{error}");
    let error = load("[kafka]\nbootstrap_servers = \"a\"\n", &[("WAYMARK_CLICKHOUSE_URL", "a")]).unwrap_err();
    assert!(error.contains("WAYMARK_CLICKHOUSE_URL: must be an address"), "{error}");
}

#[cfg(feature = "kafka")]
#[test]
fn a_whole_table_is_read_and_described() {
    let text = "[kafka]\nbootstrap_servers = \"a\"\n[clickhouse]\nurl = \"http://b:8123\"\nuser = \"waymark\"\n";
    let config = load(text, &[("WAYMARK_CLICKHOUSE_PASSWORD", "hush")]).unwrap();
    assert!(!format!("{config:?}").contains("hush"));
    let described = waymark_collector::ConfigSummary(&config).to_string();
    for said in ["in Kafka at a\n", "once landed, in ClickHouse at http://b:8123\n", "of the database waymark\n"] {
        assert!(described.contains(said), "{described}");
    }
    let clickhouse = config.clickhouse.unwrap();
    assert_eq!((clickhouse.user.as_str(), clickhouse.batch_rows, clickhouse.batch_ms), ("waymark", 50_000, 1_000));
}
