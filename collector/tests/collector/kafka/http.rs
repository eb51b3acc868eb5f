//! Collectors with Kafka and ClickHouse, asked over HTTP: they answer as a collector with SQLite does, erase, and
//! account for every event.

use super::landing::until;
use super::marked::{Cluster, cluster, with_kafka};
use crate::harness::clickhouse::door;
use crate::harness::parquet::parquet_rows;
use crate::harness::running::*;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use waymark_collector::Config;
use waymark_collector::land::{LandCounts, LandError, Lander, run};
use waymark_collector::store::{self, ClickHouse, StoreError};

const ANNA: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";
const BERT: &str = "bert@example.com";

/// A collector, a lander, and what they keep events in.
struct Whole {
    collector: Running,
    clickhouse: Arc<ClickHouse>,
    config: Config,
    lander: Option<Landing>,
    _cluster: Cluster,
    _home: Home,
}

struct Landing {
    end: watch::Sender<bool>,
    running: JoinHandle<Result<(), LandError>>,
    counts: Arc<LandCounts>,
}

impl Whole {
    async fn start() -> Self {
        let ((cluster, servers), home) = (cluster().await, Home::in_sqlite());
        let database = door().database();
        store::apply(&database).unwrap();
        let clickhouse = Arc::new(ClickHouse::open(&database).unwrap());
        // How far a lander is behind is known as often as its statistics come.
        let quick = [("statistics.interval.ms", "100")];
        let config = Config { clickhouse: Some(database), ..with_kafka(home.config(), &servers, &quick) };
        let collector = Running::start(config.clone()).await;
        Whole { collector, clickhouse, config, lander: None, _cluster: cluster, _home: home }
    }

    /// Starts a lander, unless one runs, and waits until it has landed this many events and reports about tabs,
    /// and nothing waits.
    async fn land(&mut self, events: u64, reports: u64) {
        if self.lander.is_none() {
            let (end, ending) = watch::channel(false);
            let lander = Lander { rows: 100, wait: Duration::from_millis(50), listen: None };
            let counts = Arc::<LandCounts>::default();
            let (config, landing, of) = (self.config.clone(), Arc::clone(&self.clickhouse), Arc::clone(&counts));
            let (started, reads) = oneshot::channel();
            let running =
                tokio::spawn(
                    async move { run(&config, lander, landing, of, ending, |_| started.send(()).unwrap()).await },
                );
            in_time(reads).await.unwrap();
            self.lander = Some(Landing { end, running, counts });
        }
        let counts = &self.lander.as_ref().unwrap().counts;
        let landed = || [&counts.events, &counts.deliveries].map(|count| count.load(Ordering::Relaxed));
        until("all is landed", || landed() == [events, reports] && lag(counts) == Some(0)).await;
    }

    async fn erase(&self, path: &str) -> Value {
        let bearer = format!("Bearer {TOKEN}");
        let request = self.collector.request("DELETE", path, &[("authorization", &bearer)], Bytes::new());
        let answer = self.collector.ask(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn stop(self) {
        self.collector.stop().await;
        if let Some(Landing { end, running, .. }) = self.lander {
            end.send_replace(true);
            in_time(running).await.unwrap().unwrap();
        }
    }
}

/// Messages that wait to be landed, once the lander knows.
fn lag(counts: &LandCounts) -> Option<i64> {
    let lag = counts.lag();
    (!lag.is_empty()).then(|| lag.values().sum())
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// A batch of a tab: events of a user and a session, of these types and data, a second apart until now.
fn batch(tab: u32, (user, source): (&str, &str), events: &[(&str, Value)]) -> Value {
    let (mut batch, now) = (views(tab, 0, 0), now());
    (batch["seq"], batch["last"], batch["lost"]) = (json!(0), json!(events.len() - 1), json!({}));
    batch["sent"] = json!(now);
    batch["contexts"][0]["sId"] = json!(format!("b34cd63b-b54f-3637-f48b-{tab:012}"));
    batch["contexts"][0]["wm"]["euId"] = json!(user);
    batch["contexts"][0]["wm"]["euIdSource"] = json!(source);
    let made = events.iter().enumerate().map(|(place, (kind, data))| {
        json!({"time": now - 1_000 * (events.len() - place) as i64, "type": kind, "data": data})
    });
    batch["events"] = made.collect();
    batch
}

fn play(step: u64) -> Value {
    json!({"type": "wt", "oId": 7, "oName": "Tour", "pId": "p", "oActualSubObject": step, "pInit": {"type": 2}})
}

fn batches() -> [Value; 3] {
    let view = || ("pageView", json!({}));
    let tour =
        [view(), ("play", play(1)), ("step", play(2)), ("complete", play(2)), ("goal", json!({"goal": "order"}))];
    let known = [("identify", json!({"anonymousId": ANNA})), view(), ("play", play(1))];
    let task = json!({"type": "task", "oId": 9, "oName": "Task", "pId": "q"});
    let other = [view(), ("play", task.clone()), ("complete", task), ("autoplay", json!({"oId": 7, "type": "wt"}))];
    [
        batch(1, (ANNA, "Cache"), &tour),
        batch(2, (BERT, "Identifier"), &known),
        batch(3, ("00000000-0000-4000-8000-000000000001", "Cache"), &other),
    ]
}

/// A question of each view.
const QUESTIONS: [&str; 15] = [
    "overview?",
    "contents?",
    "steps?item=7&",
    "funnel?unit=user&step=pageView&step=play&step=complete&",
    "goals?goal=goal&item=7&",
    "sessions?",
    "session?id=b34cd63b-b54f-3637-f48b-000000000001&",
    "users?",
    "retention?",
    "pages?",
    "flow?page=/product/pink-alligator/&",
    "progress?",
    "autoplay?",
    "friction?",
    "health?",
];

/// What an answer says, but for how long events took to arrive, which is another time at each collector, and for the
/// order of rows with equal counts.
fn said(mut answer: Value) -> [Value; 4] {
    for table in answer["tables"].as_array_mut().unwrap() {
        table["rows"].as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    answer["numbers"].as_array_mut().unwrap().retain(|number| !number["name"].as_str().unwrap().contains("lag"));
    ["numbers", "tables", "loss", "bots"].map(|part| answer[part].take())
}

async fn ask(collector: &Running, path: &str) -> Answer {
    let answer = collector.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
async fn each_question_and_each_format_is_answered_as_with_sqlite() {
    let (mut whole, home, batches) = (Whole::start().await, Home::in_sqlite(), batches());
    let sqlite = home.start().await;
    for batch in &batches {
        for collector in [&whole.collector, &sqlite] {
            assert_eq!(collector.post(batch.to_string()).await.json()["rejected"], json!([]));
        }
    }
    whole.land(12, 3).await;
    in_time(async { while ask(&sqlite, "/v1/insights/health?site=demo").await.json()["behind"]["events"] != 0 {} })
        .await;
    let to = now() + 3_600_000;
    let range = format!("site=demo&by=day&from={}&to={to}", to - 2 * 86_400_000);
    for question in QUESTIONS {
        let path = format!("/v1/insights/{question}{range}");
        let [expected, found] =
            [ask(&sqlite, &path).await, ask(&whole.collector, &path).await].map(|answer| said(answer.json()));
        assert_eq!(found, expected, "{path}");
        assert_ne!(found[0], json!([]), "{path}");
    }
    for format in ["csv", "ndjson", "parquet"] {
        let path = format!("/v1/insights/pages?{range}&format={format}");
        let [expected, found] = [ask(&sqlite, &path).await, ask(&whole.collector, &path).await];
        assert_eq!(found.header("waymark-rows"), "1");
        if format == "parquet" {
            assert_eq!(parquet_rows(found.body), parquet_rows(expected.body));
        } else {
            assert_eq!(found.text(), expected.text());
        }
    }
    // Events are the same but for when they arrived.
    let of = |events: Vec<Value>| -> Vec<Value> {
        events.into_iter().map(|mut event| (event["server"].take(), event).1).collect()
    };
    for parameters in ["", "?type=play", "?limit=2", "?last=3"] {
        assert_eq!(of(whole.collector.events(parameters).await), of(sqlite.events(parameters).await), "{parameters}");
    }
    sqlite.stop().await;
    whole.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
async fn an_erased_user_is_shown_no_more_and_then_not_there() -> Result<(), StoreError> {
    let mut whole = Whole::start().await;
    for batch in &batches() {
        assert_eq!(whole.collector.post(batch.to_string()).await.status, 200);
    }
    whole.land(12, 3).await;
    // The anonymous ID that was identified belongs to the user.
    let user = format!("/v1/users/{BERT}");
    let summary = ask(&whole.collector, &format!("{user}/summary")).await.json();
    assert_eq!((&summary["events"], &summary["types"]["play"]), (&json!(8), &json!(2)), "{summary}");
    assert_eq!(ask(&whole.collector, &user).await.text().lines().count(), 8);

    let erased = whole.erase(&user).await;
    assert_eq!((&erased["erased"], &erased["gone"]), (&json!(8), &json!(false)), "{erased}");
    // At once.
    let is_gone = async |whole: &Whole| {
        assert_eq!(ask(&whole.collector, &user).await.text(), "");
        assert_eq!(whole.collector.events("").await.len(), 4);
        for question in QUESTIONS {
            let answer = ask(&whole.collector, &format!("/v1/insights/{question}site=demo")).await;
            let text = answer.text();
            assert!(!text.contains(BERT) && !text.contains(ANNA) && !text.contains("Tour"), "{question}: {text}");
        }
    };
    is_gone(&whole).await;
    // What the lander does each hour.
    assert_eq!(rows(&whole), 12);
    let clickhouse = Arc::clone(&whole.clickhouse);
    assert_eq!(tokio::task::spawn_blocking(move || clickhouse.apply_erasures()).await.unwrap()?, 8);
    assert_eq!(rows(&whole), 4);
    is_gone(&whole).await;
    let audit = ask(&whole.collector, "/v1/audit").await.json();
    assert_eq!((&audit[0]["created"], &audit[0]["stored"], &audit[0]["missing"]), (&json!(12), &json!(12), &json!(0)));
    whole.stop().await;
    Ok(())
}

/// The rows of events in ClickHouse, with those that no answer shows.
fn rows(whole: &Whole) -> usize {
    let database = &whole.config.clickhouse.as_ref().unwrap().database;
    door().count(&format!("SELECT count() FROM {database}.events"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ClickHouse: cargo xtask test cluster"]
async fn what_was_created_is_stored_lost_missing_or_not_landed_yet() {
    let mut whole = Whole::start().await;
    let audit = async |whole: &Whole| {
        let rows = ask(&whole.collector, "/v1/audit").await.json();
        let sum = |name: &str| rows.as_array().unwrap().iter().filter_map(|row| row[name].as_u64()).sum::<u64>();
        let lost: u64 = rows.as_array().unwrap().iter().filter_map(|row| row["lost"]["overflow"].as_u64()).sum();
        [sum("created"), sum("stored"), lost, sum("missing")]
    };
    let mut first = views(1, now() - 9_000, 3);
    (first["seq"], first["last"], first["lost"]) = (json!(0), json!(2), json!({}));
    assert_eq!(whole.collector.post(first.to_string()).await.outcome(), reply(3, 0));
    assert_eq!(audit(&whole).await, [0; 4]);
    whole.land(3, 1).await;
    assert_eq!(audit(&whole).await, [3, 3, 0, 0]);
    // The lander ends, and what it would land waits: numbers 3 and 4 were lost, 5 is missing, 6 and 7 wait.
    let Landing { end, running, counts } = whole.lander.take().unwrap();
    assert_eq!(lag(&counts), Some(0));
    end.send_replace(true);
    in_time(running).await.unwrap().unwrap();
    let mut second = views(1, now() - 3_000, 2);
    (second["seq"], second["last"], second["lost"]) = (json!(6), json!(7), json!({"overflow": 2}));
    assert_eq!(whole.collector.post(second.to_string()).await.outcome(), reply(2, 0));
    assert_eq!(audit(&whole).await, [3, 3, 0, 0]);
    whole.land(2, 1).await;
    assert_eq!(audit(&whole).await, [8, 5, 2, 1]);
    whole.stop().await;
}
