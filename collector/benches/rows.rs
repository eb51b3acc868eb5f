//! How many rows can SQLite itself take, when nothing is between it and them? The bound of `cargo xtask bench server`.
//!
//! `rows FROM TO ROWS SECONDS` puts the rows of the store FROM again and again, under ids that are new and grow, into an
//! empty store TO of the same tables and indexes, so many to a transaction, and says how many are on disk.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};
use waymark_collector::store;

/// The most rows that are read: SQLite is to write, not to wait for memory.
const MAX: usize = 20_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [from, to, size, seconds] = arguments.as_slice() else {
        // What `cargo test --benches` asks for.
        return println!("usage: rows FROM TO ROWS SECONDS");
    };
    let mut rows = read(Path::new(from));
    drop(store::open(Path::new(to)).unwrap());
    let (size, end) = (size.parse::<usize>().unwrap(), Duration::from_secs(seconds.parse().unwrap()));
    let mut file = Connection::open(to).unwrap();
    // As the collector sets it up, but for what is kept in the file.
    for (name, value) in
        [("synchronous", "FULL"), ("cache_size", "-16384"), ("wal_autocheckpoint", "4000"), ("secure_delete", "1")]
    {
        file.pragma_update(None, name, value).unwrap();
    }
    let (cpu, begun, mut count) = (cpu(), Instant::now(), 0_u128);
    while begun.elapsed() < end {
        let transaction = file.transaction().unwrap();
        let mut insert = transaction
            .prepare_cached(
                "INSERT INTO events (id, site, type, time, received, body, user, known, linked)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
            )
            .unwrap();
        for _ in 0..size {
            let at = count as usize % rows.len();
            rows[at][0] = Value::Blob(id(&rows[at][0], count).to_vec());
            assert_eq!(insert.execute(params_from_iter(&rows[at])).unwrap(), 1);
            count += 1;
        }
        drop(insert);
        transaction.commit().unwrap();
    }
    let (took, cpu) = (begun.elapsed().as_secs_f64(), self::cpu() - cpu);
    let stored: i64 = file.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    assert_eq!(stored as u128, count);
    println!("{{\"rows\":{count},\"seconds\":{took:.6},\"cpu\":{cpu:.2},\"peak\":{}}}", peak());
}

/// Columns in the order in which they are inserted.
fn read(from: &Path) -> Vec<[Value; 9]> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(from, flags).unwrap();
    let mut all = file
        .prepare("SELECT id, site, type, time, received, body, user, known, linked FROM events ORDER BY n LIMIT ?1")
        .unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok(std::array::from_fn(|column| row.get_unwrap(column)));
    let rows: Vec<_> = all.query_map([MAX as i64], row).unwrap().map(Result::unwrap).collect();
    assert!(!rows.is_empty(), "{} has no events", from.display());
    rows
}

/// As the collector's grow: a thousand within each ms of time, in no order.
fn id(before: &Value, count: u128) -> [u8; 16] {
    let Value::Blob(before) = before else { panic!("no id") };
    let before = u128::from_be_bytes(before.as_slice().try_into().unwrap());
    let random = before.wrapping_mul(0x2545_f491_4f6c_dd1d) & ((1 << 80) - 1);
    ((1_800_000_000_000 + count / 1_000) << 80 | random).to_be_bytes()
}

/// The CPU time of this process so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// The most memory that it had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1_024
}
