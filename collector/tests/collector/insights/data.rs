//! Hand-made events, and the answers about them. Each question is asked of all stores, which must answer the same.

#[cfg(feature = "clickhouse")]
use crate::harness::clickhouse;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;
use waymark_collector::insights::{Answer, Bucket, Cell, InsightError, Limits, Question, View, Zone, answer};
#[cfg(feature = "clickhouse")]
use waymark_collector::store::Cluster;
use waymark_collector::store::{
    BatchLimit, Day, IngestBatch, KeepFacts, Losses, Memory, Packing, Selection, Sqlite, Store, StoredEvent, UserIds,
};

/// Wednesday, 25 November 2026, 00:00 UTC.
pub const START: i64 = 1_795_564_800_000;
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

const ALL: BatchLimit = BatchLimit { events: usize::MAX, bytes: usize::MAX };

/// An event at a time after [`START`], of a type, a session and an anonymous user.
#[derive(Clone)]
pub struct Made {
    time: i64,
    kind: &'static str,
    session: &'static str,
    who: UserIds,
    body: Value,
    received: Option<i64>,
}

pub fn made(time: i64, kind: &'static str, session: &'static str, user: &str) -> Made {
    let who = UserIds { anonymous: Some(user.to_owned()), ..UserIds::default() };
    let body = json!({"data": {}, "wm": {"env": 0}, "env": {"browser": {"name": "Chrome"}, "os": {"name": "Linux"}},
        "ctx": {"location": {"pathname": "/"}}, "version": {"lib": "1"}, "server": {"tab": "t1", "seq": 0}});
    Made { time: START + time, kind, session, who, body, received: None }
}

impl Made {
    /// Sets a value of the event, by the path of its keys.
    pub fn with(mut self, path: &str, value: impl Into<Value>) -> Self {
        let mut at = &mut self.body;
        for key in path.split('.') {
            at = &mut at[key];
        }
        *at = value.into();
        self
    }

    pub fn path(self, path: &str) -> Self {
        self.with("ctx.location.pathname", path)
    }

    pub fn tab(self, tab: &str, seq: u64) -> Self {
        self.with("server.tab", tab).with("server.seq", seq)
    }

    /// An event of content 7, "Tour".
    pub fn of_play(self, play: &str) -> Self {
        self.with("data.type", "wt").with("data.oId", 7).with("data.oName", "Tour").with("data.pId", play)
    }

    pub fn step(self, step: u64) -> Self {
        self.with("data.oActualSubObject", step)
    }

    pub fn known(mut self, user: &str) -> Self {
        self.who = UserIds { known: Some(user.to_owned()), ..UserIds::default() };
        self
    }

    pub fn linked(mut self, anonymous: &str) -> Self {
        self.who.linked = Some(anonymous.to_owned());
        self
    }

    pub fn received(mut self, time: i64) -> Self {
        self.received = Some(START + time);
        self
    }
}

/// The same events in all stores.
pub struct Stores {
    pub memory: Memory,
    pub sqlite: Sqlite,
    /// ClickHouse, where the tests have one.
    #[cfg(feature = "clickhouse")]
    pub cluster: Option<Cluster>,
    pub dir: tempfile::TempDir,
}

impl Stores {
    pub fn of(events: &[Made]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&dir.path().join("events.db")).unwrap();
        let stores = Stores {
            memory: Memory::default(),
            sqlite,
            #[cfg(feature = "clickhouse")]
            cluster: clickhouse::cluster(),
            dir,
        };
        stores.append(0, events);
        stores
    }

    /// Numbers the events from `first`: the same number is the same event.
    pub fn append(&self, first: u128, events: &[Made]) {
        let records = (first..).zip(events).map(|(number, made)| StoredEvent {
            id: Uuid::from_u128(number),
            site: "demo".to_owned(),
            kind: made.kind.to_owned(),
            time: made.time,
            received: made.received.unwrap_or(made.time),
            who: made.who.clone(),
            body: {
                let mut body = made.body.clone();
                body["sId"] = made.session.into();
                body.to_string().into()
            },
        });
        let batch = IngestBatch {
            site: "demo".to_owned(),
            tab: Uuid::from_u128(1),
            day: Day::of(START),
            seq: 0,
            events: events.len() as u64,
            last: (events.len() as u64).saturating_sub(1),
            lost: Losses::default(),
            records: records.collect(),
        };
        self.each(|store| drop(store.append(std::slice::from_ref(&batch)).unwrap()));
    }

    pub fn each(&self, with: impl Fn(&dyn Store)) {
        with(&self.memory);
        with(&self.sqlite);
        #[cfg(feature = "clickhouse")]
        self.cluster.iter().for_each(|cluster| with(cluster));
    }

    /// The answer of both stores.
    #[track_caller]
    pub fn ask(&self, question: &Question) -> Answer {
        let [memory, sqlite] = self.answers(question);
        assert_eq!(memory, sqlite);
        memory
    }

    /// The answers of memory and SQLite. The latter does not change when facts are packed. Numbers that have SQL are
    /// counted by it too.
    #[track_caller]
    pub fn answers(&self, question: &Question) -> [Answer; 2] {
        while self.sqlite.follow(ALL).unwrap() > 0 {}
        let limits = Limits { time: Duration::from_secs(20), bytes: 1 << 20 };
        let memory = answer(&self.memory, question, limits).unwrap();
        let loose = answer(&self.sqlite, question, limits).unwrap();
        while self.sqlite.pack(Packing { rows: 2, before: i64::MAX }).unwrap() {}
        let mut sqlite = answer(&self.sqlite, question, limits).unwrap();
        assert_eq!(loose, sqlite);
        let file = rusqlite::Connection::open(self.dir.path().join("events.db")).unwrap();
        for (name, sql) in std::mem::take(&mut sqlite.sql) {
            let counted: Option<i64> =
                file.query_row(&sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{error}: {sql}"));
            let told = sqlite.report.value(name).unwrap();
            assert_eq!(Cell::from(counted.unwrap_or_default()), *told, "{name}: {sql}");
        }
        #[cfg(feature = "clickhouse")]
        if let Some(cluster) = &self.cluster {
            let landed = answer(cluster, question, limits).unwrap();
            assert_eq!(without_audit(&memory), without_audit(&landed));
        }
        [memory, sqlite]
    }
}

/// Stores number texts in another order, which is the order of rows that are equal otherwise.
pub fn sorted(mut answer: Answer) -> Answer {
    for table in &mut answer.report.tables {
        table.rows.sort_by_key(|row| format!("{row:?}"));
    }
    answer
}

/// An answer without the figures of the audit. ClickHouse has them from the tabs and numbers in the events themselves,
/// which are made up here; tests of its own compare them.
#[cfg(feature = "clickhouse")]
fn without_audit(answer: &Answer) -> Answer {
    const AUDITED: [&str; 7] = ["tabs", "created", "stored", "lost", "missing", "surplus", "duplicate"];
    let mut answer = Answer { loss: Default::default(), ..sorted(answer.clone()) };
    answer.report.numbers.retain(|number| !AUDITED.contains(&number.name));
    answer
}

/// A question about two days from [`START`] on.
pub fn question(view: View) -> Question {
    Question {
        selection: Selection { site: "demo".to_owned(), from: START, to: START + 2 * DAY, ..Selection::default() },
        zone: Zone::utc(),
        now: START + 2 * DAY,
        bucket: Bucket::Day,
        limit: 100,
        view,
    }
}

/// Why a question has no answer.
pub fn refused(stores: &Stores, question: &Question, limits: Limits) -> InsightError {
    while stores.sqlite.follow(ALL).unwrap() > 0 {}
    answer(&stores.sqlite, question, limits).unwrap_err()
}

/// The numbers with these names.
#[track_caller]
pub fn numbers(answer: &Answer, names: &str) -> Vec<Cell> {
    let value = |name| answer.report.value(name).unwrap_or_else(|| panic!("there is no {name}")).clone();
    names.split(' ').map(value).collect()
}

/// These columns of a table, as text.
#[track_caller]
pub fn rows(answer: &Answer, table: &str, columns: &str) -> Vec<String> {
    let table = answer.report.table(table).unwrap_or_else(|| panic!("there is no table {table}"));
    let place = |name| table.columns.iter().position(|of| *of == name).unwrap_or_else(|| panic!("no column {name}"));
    let places: Vec<usize> = columns.split(' ').map(place).collect();
    let text = |cell: &Cell| match cell {
        Cell::None => "-".to_owned(),
        Cell::Whole(number) if *number >= START => format!("+{}", (number - START) / MINUTE),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
    };
    let row = |row: &Vec<Cell>| places.iter().map(|place| text(&row[*place])).collect::<Vec<_>>().join(" ");
    table.rows.iter().map(row).collect()
}

pub fn counts(counts: &[i64]) -> Vec<Cell> {
    counts.iter().map(|count| Cell::Whole(*count)).collect()
}
