//! How long do questions take while 1,000 events arrive each second, and are these acknowledged as fast as without
//! questions? The collector runs in this process on the store of the questions, and is asked over HTTP. Quiet times and
//! times with questions take turns.

use super::month::{SITE, START};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use uuid::Uuid;
use waymark_collector::{Admin, Collector, Config, SecurityLog, Site, Token};

const TURNS: usize = 2;
const QUIET: Duration = Duration::from_secs(20);
const ASKED: Duration = Duration::from_secs(45);

/// 10 browsers send 10 batches of 10 events each second.
const BROWSERS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(100);
const EVENTS: u64 = 10;

const TOKEN: &str = "bench";
const ACCOUNT: &str = "3210be7ad82f403298f7c4da065ec657";

/// A batch as the wire has it.
const BATCH: &str = include_str!("../../../wire/fixtures/v1/batch.json");

const VIEWS: [&str; 10] = [
    "overview?",
    "contents?",
    "steps?item=3&",
    "funnel?unit=user&step=pageView&step=play&step=complete&step=goal&",
    "session?id=s4d&",
    "sessions?",
    "users?",
    "retention?",
    "pages?",
    "health?",
];

pub fn run(file: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let site = Site { retention_days: 0, ..Site::new(SITE, ACCOUNT) };
    let config = Config {
        store: file.to_owned(),
        admin: Admin::Token(Token::from(TOKEN.to_owned())),
        security_log: SecurityLog::off(),
        sites: vec![site],
        ..Config::default()
    };
    let address = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(Collector::open(config).unwrap().serve(listener, std::future::pending()));
        address
    });
    let (mut quiet, mut asked, mut answers) = (Vec::new(), Vec::new(), BTreeMap::<_, Vec<Duration>>::new());
    for _ in 0..TURNS {
        quiet.extend(arrive(address, QUIET));
        std::thread::scope(|scope| {
            let arriving = scope.spawn(|| arrive(address, ASKED));
            let mut connection = Connection::to(address);
            while !arriving.is_finished() {
                for view in VIEWS {
                    let to = now() + 86_400_000;
                    let path = format!("/v1/insights/{view}site={SITE}&from={START}&to={to}&by=day");
                    let took = connection.send(&format!(
                        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
                    ));
                    answers.entry(view.split('?').next().unwrap()).or_default().push(took);
                }
            }
            asked.extend(arriving.join().unwrap());
        });
    }
    println!("while {} events/s arrive:", u64::from(BROWSERS) * EVENTS * 1_000 / PAUSE.as_millis() as u64);
    for (name, mut times) in [("quiet", quiet), ("with questions", asked)] {
        let count = times.len();
        println!("  {count} batches, {name}: p50 {:.1} ms, p99 {:.1} ms", at(&mut times, 50), at(&mut times, 99));
    }
    for (name, mut times) in answers {
        let count = times.len();
        println!("{name:>10} {count} times: median {:.0} ms, worst {:.0} ms", at(&mut times, 50), at(&mut times, 100));
    }
    runtime.shutdown_background();
}

/// Sends events for some time. How long each batch took until it was acknowledged, from when it was due.
fn arrive(address: SocketAddr, long: Duration) -> Vec<Duration> {
    let end = Instant::now() + long;
    std::thread::scope(|scope| {
        let browsers: Vec<_> = (0..BROWSERS)
            .map(|number| {
                scope.spawn(move || {
                    let mut batch: serde_json::Value = serde_json::from_str(BATCH).unwrap();
                    let user = Uuid::new_v4().to_string();
                    batch["site"] = SITE.into();
                    batch["tab"] = Uuid::new_v4().to_string().into();
                    batch["contexts"].as_array_mut().unwrap().truncate(1);
                    batch["contexts"][0]["wm"]["euId"] = user.as_str().into();
                    batch["contexts"][0]["sId"] = user.as_str().into();
                    let mut connection = Connection::to(address);
                    let (mut seq, mut taken) = (0, Vec::new());
                    let mut due = Instant::now() + PAUSE / BROWSERS * number;
                    while due < end {
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        let body = fill(&mut batch, seq);
                        let length = body.len();
                        connection.send(&format!(
                            "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\
                             Content-Length: {length}\r\n\r\n{body}"
                        ));
                        taken.push(due.elapsed());
                        seq += EVENTS;
                        due += PAUSE;
                    }
                    taken
                })
            })
            .collect();
        browsers.into_iter().flat_map(|browser| browser.join().unwrap()).collect()
    })
}

fn fill(batch: &mut serde_json::Value, seq: u64) -> String {
    let now = now();
    batch["seq"] = seq.into();
    batch["last"] = (seq + EVENTS - 1).into();
    batch["sent"] = now.into();
    let event = |n: u64| serde_json::json!({"time": now - (EVENTS - n) as i64, "type": "pageView", "data": {"n": n}});
    batch["events"] = (0..EVENTS).map(event).collect();
    batch.to_string()
}

/// A plain client.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection(BufReader::new(stream))
    }

    /// How long the answer took, which is a good one.
    fn send(&mut self, request: &str) -> Duration {
        let begun = Instant::now();
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let from = head.len();
            assert!(self.0.read_line(&mut head).unwrap() > 0, "{head}");
            let line = head[from..].to_ascii_lowercase();
            length = line.strip_prefix("content-length:").map_or(length, |length| length.trim().parse().unwrap());
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}{}", String::from_utf8_lossy(&body));
        begun.elapsed()
    }
}

/// The smallest time that so many percent do not exceed, in ms.
fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times[place].as_secs_f64() * 1e3
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}
