//! Tests of the client on a real server, which is too old for the tables: the wire, users, and what is told of errors.

use super::client::Client;
use super::refusal::of_insert;
use crate::config::{self, SecretText};
use crate::store::StoreError;
use clickhouse::Row;
use clickhouse_server::{PASSWORD, Server};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The tests of the programs start it too.
#[path = "../../../tests/collector/harness/clickhouse_server.rs"]
mod clickhouse_server;

/// The server does not know the format of answers whose columns are checked.
fn old(http: &clickhouse::Client) -> clickhouse::Client {
    http.clone().with_validation(false)
}

const LONG: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, PartialEq, Eq, Row, Serialize, Deserialize)]
struct Day {
    number: u64,
    text: String,
}

/// Days of so many numbers, which the server reads from their texts.
fn days(numbers: std::ops::Range<u64>) -> Vec<Day> {
    numbers.map(|number| Day { number, text: format!("2026-11-{:02} {}", number % 28 + 1, "x".repeat(200)) }).collect()
}

fn insert(client: &Client, days: &[Day]) -> Result<(), StoreError> {
    client.wait(LONG, async |http: &clickhouse::Client| {
        // The server is older than what the client checks the columns by.
        let mut insert = old(http).insert::<Day>("days").await?;
        for day in days {
            insert.write(day).await?;
        }
        insert.end().await
    })
}

#[test]
#[ignore = "cargo xtask test cluster installs the server"]
fn a_real_server_takes_rows_and_gives_them_back_and_tells_of_what_it_refuses() {
    let server = Server::start();
    let password = |text: &str| Some(SecretText::from(text.to_owned()));
    let right = config::ClickHouse {
        url: server.url.clone(),
        database: "default".to_owned(),
        password: password(PASSWORD),
        ..config::ClickHouse::default()
    };
    let wrong = config::ClickHouse { password: password("wrong"), ..right.clone() };
    let one = |client: &Client| client.ask(async |http| old(http).query_raw("SELECT 1").fetch_one::<u8>().await);
    let error = one(&Client::new(&wrong).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("ClickHouse: Code: 193, ") && !error.contains("wrong"), "{error}");

    let client = Client::new(&right).unwrap();
    assert_eq!(one(&client).unwrap(), 1);
    let run = |statement: &str| client.ask(async |http| old(http).query_raw(statement).execute().await);
    run("CREATE TABLE days (number UInt64, text String, day Date MATERIALIZED toDate(substring(text, 1, 10))) \
         ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY number")
    .unwrap();
    insert(&client, &days(0..1_000)).unwrap();
    let all = || {
        client.ask(async |http| old(http).query_raw("SELECT number, text FROM days ORDER BY number").fetch_all().await)
    };
    let found: Vec<Day> = all().unwrap();
    assert_eq!(found, days(0..1_000));

    // The server answers while rows are still coming, and nothing of them is there.
    let mut many = days(1_000..100_000);
    many[3].text = "no day".to_owned();
    let refused = of_insert(insert(&client, &many).unwrap_err());
    assert!(matches!(refused, StoreError::Refused { .. }), "{refused}");
    let count = || client.ask(async |http| old(http).query_raw("SELECT count() FROM days").fetch_one::<u64>().await);
    assert_eq!(count().unwrap(), 1_000);

    let error = run("SELECT nothing FROM days").unwrap_err().to_string();
    assert!(error.starts_with("ClickHouse: Code: 47, ") && error.contains("nothing"), "{error}");

    drop(server);
    let error = one(&client).unwrap_err().to_string();
    assert!(error.starts_with("ClickHouse: it does not answer: "), "{error}");
}
