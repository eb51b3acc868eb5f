//! What is saved as a file is what the API answers, for another program that reads it.

use super::*;
use std::path::Path;
use std::process::Command;
use support::in_chromium;

in_chromium![duckdb_reads_parquet_as_the_api_answers];

/// A cell as DuckDB's JSON and the API's JSON both can be written: DuckDB writes whole numbers as texts.
fn alike(cell: &Value) -> Value {
    let number = cell.as_f64().or_else(|| cell.as_str()?.parse().ok());
    number.map_or_else(|| cell.clone(), Value::from)
}

async fn duckdb_reads_parquet_as_the_api_answers(_: &Browser, world: &World) {
    fill(world).await;
    count(world).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages/insights/duckdb.js");
    for (view, table, columns) in [
        ("pages", "pages", "*"),
        ("contents", "contents", "*"),
        ("sessions", "sessions", "* REPLACE (epoch_ms(start) AS start)"),
        ("overview", "trend", "* REPLACE (epoch_ms(time) AS time)"),
    ] {
        let address = format!("{}/v1/insights/{view}?{RANGE}&tz=UTC&format=parquet&table={table}", world.collector());
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("read-by-duckdb-{table}.parquet"));
        let mut node = Command::new("node");
        node.args([script, &address, file.to_str().unwrap(), columns]);
        let read = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
        assert!(read.status.success(), "{view}: {}", String::from_utf8_lossy(&read.stderr));
        let rows: Vec<Vec<Value>> = match serde_json::from_slice(&read.stdout).unwrap() {
            Value::Array(rows) => rows.iter().map(|row| row.as_array().unwrap().iter().map(alike).collect()).collect(),
            other => panic!("{other}"),
        };
        let answer = ask(world, view, &format!("{RANGE}&tz=UTC")).await;
        let asked = answer["tables"].as_array().unwrap().iter().find(|asked| asked["name"] == table).unwrap();
        let asked: Vec<Vec<Value>> = asked["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_array().unwrap().iter().map(alike).collect())
            .collect();
        assert!(!asked.is_empty(), "{view}");
        assert_eq!(rows, asked, "{view}");
    }
}
