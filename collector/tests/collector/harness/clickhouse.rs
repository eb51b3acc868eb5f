//! ClickHouse for tests: its engine behind a door of HTTP, a database for each test. `cargo xtask test cluster` sets
//! `CLICKHOUSE_DOOR`; without it there is none.

use crate::harness::process::ask;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use waymark_collector::store::{
    self, AppendEvents, ClickHouse, Cluster, Delivery, IngestBatch, LandedEvent, Memory, Outcome, Receipt, StoreError,
};

/// A running door. It ends with the test.
pub struct Door {
    child: Child,
    pub url: String,
}

impl Door {
    /// Starts one over the data in `folder`, or over none.
    pub fn start(folder: Option<&Path>, password: Option<&str>) -> Self {
        let program = std::env::var_os("CLICKHOUSE_DOOR").expect("CLICKHOUSE_DOOR is the path of the door");
        let mut command = Command::new(program);
        command.args(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.envs(password.map(|password| ("CLICKHOUSE_DOOR_PASSWORD", password)));
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Door { child, url: format!("http://{}", line.trim()) }
    }

    /// The number that a query gives.
    #[track_caller]
    pub fn count(&self, query: &str) -> usize {
        let said = self.run(query);
        said.trim().parse().unwrap_or_else(|_| panic!("{said}"))
    }

    /// Runs a statement.
    #[track_caller]
    pub fn run(&self, statement: &str) -> String {
        let address = self.url.trim_start_matches("http://").parse().unwrap();
        let statement: String = form_urlencoded::byte_serialize(statement.as_bytes()).collect();
        let said = ask(address, "POST", &format!("/?query={statement}"), "").unwrap();
        assert_eq!(said.status, 200, "{}", said.body);
        said.body
    }

    /// What a collector needs to reach a database of its own here, without a schema.
    pub fn database(&self) -> waymark_collector::ClickHouse {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let database = format!("waymark{}", NEXT.fetch_add(1, Ordering::Relaxed));
        waymark_collector::ClickHouse { url: self.url.clone(), database, ..waymark_collector::ClickHouse::default() }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The door that the tests of this program share. It ends with the program.
pub fn door() -> &'static Door {
    static DOOR: OnceLock<Door> = OnceLock::new();
    DOOR.get_or_init(|| Door::start(None, None))
}

/// An empty store with a database of its own, or none where the tests have no ClickHouse.
pub fn cluster() -> Option<Cluster> {
    std::env::var_os("CLICKHOUSE_DOOR")?;
    Some(new_cluster().0)
}

/// The same, and its ClickHouse.
pub fn new_cluster() -> (Cluster, Arc<ClickHouse>) {
    let config = door().database();
    store::apply(&config).unwrap();
    opened(&config)
}

/// A store over a database with its schema, and its ClickHouse.
pub fn opened(config: &waymark_collector::ClickHouse) -> (Cluster, Arc<ClickHouse>) {
    let events = Arc::new(ClickHouse::open(config).unwrap());
    let cluster = Cluster::new(Arc::new(Landing::new(&events)), Arc::clone(&events), Arc::new(Memory::default()));
    (cluster, events)
}

/// Lands what is appended, without Kafka in between.
pub struct Landing {
    events: Arc<ClickHouse>,
    next: AtomicU32,
}

impl Landing {
    pub fn new(events: &Arc<ClickHouse>) -> Self {
        Landing { events: Arc::clone(events), next: AtomicU32::new(0) }
    }
}

impl AppendEvents for Landing {
    fn append(&self, batches: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        let token = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let records = batches.iter().flat_map(|batch| &batch.records);
        let events: Vec<_> = records.map(|record| LandedEvent::of(record.clone(), 0)).collect();
        self.events.insert(&events, &token)?;
        let deliveries: Vec<_> = batches.iter().map(delivery).collect();
        self.events.insert_deliveries(&deliveries, &token)?;
        let receipt = |batch: &IngestBatch| Receipt {
            outcomes: vec![Outcome::Stored; batch.records.len()],
            acknowledged_below: 0,
        };
        Ok(batches.iter().map(receipt).collect())
    }

    fn check(&self) -> Result<(), StoreError> {
        self.events.ping()
    }
}

/// What a collector tells of a batch. It arrived with its first event.
pub fn delivery(batch: &IngestBatch) -> Delivery {
    Delivery {
        site: batch.site.clone(),
        tab: batch.tab,
        received: batch.records.first().map_or(0, |record| record.received),
        seq: batch.seq,
        events: batch.events,
        accepted: batch.records.len() as u64,
        last: batch.last,
        lost: batch.lost,
    }
}
