//! `POST /v1/state`: what is remembered of a user follows them from browser to browser, and nobody else.

use crate::harness::running::*;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use waymark_collector::store::{Name, verify};
use waymark_collector::{Collector, Config, Secret, Site};
use waymark_wire::state::{DAY_MS, Item, Reply, Versioned};

over_both_stores! {
    what_one_browser_sends_another_gets
    a_removal_holds_until_the_entry_is_set_anew
    what_can_never_be_kept_is_told_and_the_rest_is_kept
    users_and_sites_are_apart
    a_user_has_a_hundred_entries_at_most
    what_is_remembered_is_handed_out_and_erased
    what_has_expired_is_not_there
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";
const ADAM: &str = "adam.brown@example.com";
/// Never, for the time that a test takes.
const LATER: i64 = 9_999_999_999_999;

fn secret(text: &str) -> Secret {
    Secret::from(text.to_owned())
}

/// `demo` and `shop` keep state.
fn config(home: &Home) -> Config {
    let mut config = home.config();
    config.sites.iter_mut().for_each(|site| site.state_secrets = vec![secret(SECRET)]);
    config
}

async fn start(home: &Home) -> Running {
    Running::start(config(home)).await
}

fn body(site: &str, user: &str, signature: &str, entries: &Value) -> String {
    json!({"site": site, "user": user, "signature": signature, "entries": entries}).to_string()
}

async fn send(collector: &Running, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    collector.ask(collector.request("POST", "/v1/state", headers, body.into())).await
}

async fn sync(collector: &Running, user: &str, entries: Value) -> Value {
    let answer = send(collector, &[], body("demo", user, &secret(SECRET).sign("demo", user), &entries)).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    answer.json()
}

fn task(name: &str, version: u32, at: i64, value: i64) -> Value {
    json!({"kind": "task", "name": name, "version": version, "at": at, "expires": LATER, "value": value})
}

/// The entries' values by name; what was removed is `null`.
fn values(reply: &Value) -> Value {
    let entries = reply["entries"].as_array().unwrap().iter();
    entries.map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry["value"].clone())).collect()
}

async fn what_one_browser_sends_another_gets(home: Home) {
    let collector = start(&home).await;
    let data = json!({"kind": "data", "name": "a", "version": 0, "at": 5, "expires": LATER, "value": {"r": 1}});
    sync(&collector, ADAM, json!([task("7", 0, 5, 1), data])).await;
    let later = json!({"kind": "data", "name": "a", "version": 0, "at": 6, "expires": LATER, "value": null});
    let reply = sync(&collector, ADAM, json!([task("7", 0, 9, 2), later])).await;
    let expires = reply["entries"][0]["expires"].as_i64().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    assert!((now + 3_649 * DAY_MS..=now + 3_650 * DAY_MS).contains(&expires), "{expires}");
    let all = json!({"entries": [
        {"kind": "data", "name": "a", "version": 0, "at": 6, "expires": expires, "value": null},
        {"kind": "task", "name": "7", "version": 0, "at": 5, "expires": reply["entries"][1]["expires"], "value": 2},
    ]});
    assert_eq!(reply, all);
    // The same again changes nothing, and nothing is what is there; whoever asks.
    assert_eq!(sync(&collector, ADAM, json!([])).await, all);
    let signature = secret(SECRET).sign("demo", ADAM);
    let put = body("demo", ADAM, &signature, &json!([]));
    assert_eq!(collector.ask(collector.request("PUT", "/v1/state", &[], put.into())).await.json(), all);
    let path = "/v1/state?site=demo&user=adam.brown%40example.com";
    let got = collector.get_with(path, &[("authorization", &format!("Waymark {signature}"))]).await;
    assert_eq!((got.json(), got.header("cache-control")), (all.clone(), "no-store"));
    collector.stop().await;

    if home.store().to_str() != Some(":memory:") {
        let collector = start(&home).await;
        assert_eq!(sync(&collector, ADAM, json!([])).await, all);
        collector.stop().await;
        assert_eq!(verify(home.store()).unwrap().wrong, [""; 0]);
    }
}

async fn a_removal_holds_until_the_entry_is_set_anew(home: Home) {
    let collector = start(&home).await;
    sync(&collector, ADAM, json!([task("7", 0, 5, 2)])).await;
    let removal = json!([{"kind": "task", "name": "7", "version": 1}]);
    let reply = sync(&collector, ADAM, removal.clone()).await;
    assert_eq!((&reply["entries"][0]["version"], &reply["entries"][0]["value"]), (&json!(1), &Value::Null));
    // A browser that has not heard of it.
    let reply = sync(&collector, ADAM, json!([task("8", 0, 5, 1), task("7", 0, 5, 2)])).await;
    assert_eq!((&reply["stale"], values(&reply)), (&json!([1]), json!({"7": null, "8": 1})));
    // One that has, and begins anew.
    let reply = sync(&collector, ADAM, json!([task("7", 1, 9, 1)])).await;
    assert_eq!((&reply["stale"], values(&reply)["7"].clone()), (&Value::Null, json!(1)));
    // The removal again, as when its answer was lost.
    let reply = sync(&collector, ADAM, removal).await;
    assert_eq!((&reply["stale"], values(&reply)["7"].clone()), (&json!([0]), json!(1)));
    collector.stop().await;
}

async fn what_can_never_be_kept_is_told_and_the_rest_is_kept(home: Home) {
    let collector = start(&home).await;
    let reply = sync(&collector, ADAM, json!([task("seven", 0, 5, 1), task("7", 0, 5, 1), task("8", 0, 5, 3)])).await;
    let name = "the name must be the object's number, and the value a whole number";
    let rejected = json!([
        {"index": 0, "why": name, "code": "invalid-entry"},
        {"index": 2, "why": "the value is out of range", "code": "invalid-entry"},
    ]);
    assert_eq!((&reply["rejected"], values(&reply)), (&rejected, json!({"7": 1})));
    collector.stop().await;
}

async fn users_and_sites_are_apart(home: Home) {
    let collector = start(&home).await;
    sync(&collector, ADAM, json!([task("7", 0, 5, 2)])).await;
    assert_eq!(values(&sync(&collector, "eve", json!([])).await), json!({}));
    let at_shop = body("shop", ADAM, &secret(SECRET).sign("shop", ADAM), &json!([]));
    assert_eq!(values(&send(&collector, &[("origin", "https://shop.example")], at_shop).await.json()), json!({}));
    collector.stop().await;
}

async fn a_user_has_a_hundred_entries_at_most(home: Home) {
    let collector = start(&home).await;
    let all: Vec<_> = (0..101).map(|name| task(&name.to_string(), 0, 5, 1)).collect();
    let reply = sync(&collector, ADAM, all.into()).await;
    assert_eq!(
        reply["rejected"],
        json!([{"index": 100, "why": "the user has 100 entries already", "code": "too-many-entries"}])
    );
    assert_eq!(reply["entries"].as_array().unwrap().len(), 100);
    let too_many: Vec<_> = (0..201).map(|_| task("7", 0, 5, 1)).collect();
    let answer = send(&collector, &[], body("demo", "x", &secret(SECRET).sign("demo", "x"), &too_many.into())).await;
    let why = "entries has over 200 entries; send fewer at a time";
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, why));
    collector.stop().await;
}

async fn what_is_remembered_is_handed_out_and_erased(home: Home) {
    let collector = start(&home).await;
    sync(&collector, ADAM, json!([task("7", 0, 5, 2), {"kind": "task", "name": "8", "version": 1}])).await;
    sync(&collector, "eve", json!([task("7", 0, 5, 1)])).await;
    let path = "/v1/users/adam.brown%40example.com";
    let export = collector.get(path).await;
    let lines: Vec<Value> = export.text().lines().map(value).collect();
    assert_eq!(lines.len(), 2);
    let state = &lines[0]["state"];
    assert_eq!(
        (&state["site"], &state["user"], &state["name"], &state["value"]),
        (&json!("demo"), &json!(ADAM), &json!("7"), &json!(2))
    );
    assert_eq!(collector.get(&format!("{path}?site=shop")).await.text(), "");
    let bearer = format!("Bearer {TOKEN}");
    let erase = async |path: &str| {
        let request = collector.request("DELETE", path, &[("authorization", &bearer)], Bytes::new());
        collector.ask(request).await.json()
    };
    assert_eq!(erase(&format!("{path}?site=shop")).await["erased"], 0);
    assert_eq!(erase(path).await, json!({"erased": 0, "states": 2, "gone": true}));
    assert_eq!(collector.get(path).await.text(), "");
    assert_eq!(values(&sync(&collector, ADAM, json!([])).await), json!({}));
    assert_eq!(values(&sync(&collector, "eve", json!([])).await), json!({"7": 1}));
    collector.stop().await;
}

async fn what_has_expired_is_not_there(home: Home) {
    let collector = start(&home).await;
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let mut soon = task("7", 0, 5, 2);
    soon["expires"] = json!(now + 1_500);
    let mut before = task("9", 0, 5, 2);
    before["expires"] = json!(now - 1);
    let reply = sync(&collector, ADAM, json!([soon, task("8", 0, 5, 1), before])).await;
    assert_eq!(reply["rejected"], json!([{"index": 2, "why": "it has expired", "code": "invalid-entry"}]));
    in_time(async {
        while values(&sync(&collector, ADAM, json!([])).await) != json!({"8": 1}) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    // It takes no part any more.
    assert_eq!(values(&sync(&collector, ADAM, json!([task("7", 0, 9, 1)])).await), json!({"7": 1, "8": 1}));
    collector.stop().await;
}

/// What a browser does.
#[derive(Clone, Copy, Debug)]
enum Step {
    Set(u8, u8),
    Remove(u8),
    /// It tells the collector what changed.
    Send,
    /// It takes what is answered.
    Receive,
    /// What is answered does not arrive.
    Lose,
}

/// A browser that keeps entries as the recorder does, with a version beside each.
#[derive(Default)]
struct Browser {
    kept: BTreeMap<Name, Versioned>,
    /// What was not told yet.
    changed: Vec<Name>,
    /// What was told and is not answered yet, and the answer.
    told: Option<(Vec<Name>, Value)>,
}

/// Which version, and which value of it.
type Seen = BTreeMap<Name, (u32, Option<String>)>;

impl Browser {
    fn name(name: u8) -> Name {
        let kind = if name.is_multiple_of(2) { "task" } else { "data" };
        (kind.to_owned(), name.to_string())
    }

    fn set(&mut self, name: u8, value: u8, time: i64) {
        let name = Self::name(name);
        let before = self.kept.get(&name);
        let at = before.filter(|before| name.0 != "data" && before.value.is_some()).map_or(time, |before| before.at);
        let version = before.map_or(0, |before| before.version);
        self.kept.insert(name.clone(), Versioned { version, at, expires: LATER, value: Some(value.to_string()) });
        self.changed.push(name);
    }

    fn remove(&mut self, name: u8, time: i64) {
        let name = Self::name(name);
        if let Some(kept) = self.kept.get_mut(&name).filter(|kept| kept.value.is_some()) {
            *kept = Versioned { version: kept.version + 1, at: time, expires: LATER, value: None };
            self.changed.push(name);
        }
    }

    fn entries(&self) -> Value {
        let all = self.changed.iter().filter_map(|name| Some(Item::new(name.clone(), self.kept.get(name)?.clone())));
        serde_json::to_value(all.collect::<Vec<_>>()).unwrap()
    }

    fn receive(&mut self) {
        let Some((_, reply)) = self.told.take() else { return };
        for (name, there) in items(reply) {
            let merged = match self.kept.remove(&name) {
                Some(kept) => kept.merged(there, &name.0),
                None => there,
            };
            self.kept.insert(name, merged);
        }
    }

    fn lose(&mut self) {
        if let Some((names, _)) = self.told.take() {
            self.changed.extend(names);
        }
    }
}

fn items(reply: Value) -> Vec<(Name, Versioned)> {
    let reply: Reply = serde_json::from_value(reply).unwrap();
    let all = reply.entries.into_iter().map(|Item { kind, name, version, at, expires, value }| {
        let value = value.map(|value| value.get().to_owned());
        ((kind, name), Versioned { version, at: at.unwrap(), expires: expires.unwrap(), value })
    });
    all.collect()
}

fn seen<'a>(all: impl IntoIterator<Item = (&'a Name, &'a Versioned)>) -> Seen {
    all.into_iter().map(|(name, kept)| (name.clone(), (kept.version, kept.value.clone()))).collect()
}

/// Both browsers of `user` take these steps; gives what each of them sees in the end, and what the collector does.
async fn run(collector: &Running, user: &str, steps: &[(usize, Step)]) -> (Seen, Seen, Seen) {
    let mut browsers = [Browser::default(), Browser::default()];
    let mut there = Seen::new();
    // The same user's other browser may be told first, whichever has changed last.
    let end = [0, 1, 0].into_iter().flat_map(|at| [(at, Step::Lose), (at, Step::Send), (at, Step::Receive)]);
    for (time, (at, step)) in steps.iter().copied().chain(end).enumerate() {
        let (browser, time) = (&mut browsers[at], time as i64);
        match step {
            Step::Set(name, value) => browser.set(name, value, time),
            Step::Remove(name) => browser.remove(name, time),
            Step::Send if browser.told.is_none() => {
                let reply = sync(collector, user, browser.entries()).await;
                browser.told = Some((std::mem::take(&mut browser.changed), reply.clone()));
                let before = std::mem::replace(&mut there, seen(items(reply).iter().map(|(name, kept)| (name, kept))));
                for (name, was) in before.iter().filter(|(name, _)| name.0 == "task") {
                    assert!(there.get(name) >= Some(was), "{name:?} went back from {was:?} to {:?}", there.get(name));
                }
            }
            Step::Send => {}
            Step::Receive => browser.receive(),
            Step::Lose => browser.lose(),
        }
    }
    let [one, two] = browsers;
    (seen(&one.kept), seen(&two.kept), there)
}

fn two_browsers_end_with_the_same(home: Home) {
    let step = prop_oneof![
        3 => (0..4u8, 0..3u8).prop_map(|(name, value)| Step::Set(name, value)),
        1 => (0..4u8).prop_map(Step::Remove),
        2 => Just(Step::Send),
        2 => Just(Step::Receive),
        1 => Just(Step::Lose),
    ];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let collector = runtime.block_on(start(&home));
    let mut cases = TestRunner::new(Cases { cases: 96, failure_persistence: None, ..Cases::default() });
    let users = AtomicUsize::new(0);
    let outcome = cases.run(&prop::collection::vec((0..2usize, step), 0..30), |steps| {
        let user = format!("user {}", users.fetch_add(1, Ordering::Relaxed));
        let (one, two, there) = runtime.block_on(run(&collector, &user, &steps));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(&one, &there);
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(collector.stop());
}

#[test]
fn two_browsers_end_with_the_same_in_memory() {
    two_browsers_end_with_the_same(Home::in_memory());
}

#[test]
fn two_browsers_end_with_the_same_in_sqlite() {
    two_browsers_end_with_the_same(Home::in_sqlite());
}

#[tokio::test]
async fn who_is_not_signed_gets_the_same_answer_whoever_is_there() {
    let home = Home::in_memory();
    let mut config = config(&home);
    config.sites.push(Site { state_secrets: Vec::new(), ..config.sites[0].clone() });
    config.sites.push(Site { enabled: false, ..config.sites[0].clone() });
    (config.sites[2].key, config.sites[3].key) = ("none".to_owned(), "off".to_owned());
    let collector = Running::start(config).await;
    sync(&collector, ADAM, json!([task("7", 0, 5, 2)])).await;
    let sign = |site, user| secret(SECRET).sign(site, user);
    let wrong = [
        ("demo", ADAM, String::new()),
        ("demo", ADAM, "00".repeat(32)),
        ("demo", ADAM, sign("shop", ADAM)),
        ("demo", ADAM, sign("demo", "eve")),
        ("demo", ADAM, secret(OTHER).sign("demo", ADAM)),
        ("demo", "nobody", "00".repeat(32)),
        ("shop", ADAM, "00".repeat(32)),
        ("nowhere", ADAM, sign("nowhere", ADAM)),
        ("none", ADAM, sign("none", ADAM)),
        ("off", ADAM, sign("off", ADAM)),
    ];
    let mut answers = Vec::new();
    for (site, user, signature) in wrong {
        let mut answer = send(&collector, &[], body(site, user, &signature, &json!([]))).await;
        answer.headers.remove("date");
        answers.push((answer.status.as_u16(), answer.headers, answer.body));
        let path = format!("/v1/state?site={site}&user={user}");
        let got = collector.get_with(&path, &[("authorization", &format!("Waymark {signature}"))]).await;
        assert_eq!((got.status.as_u16(), got.body), (401, answers[0].2.clone()));
    }
    assert_eq!((answers[0].0, answers[0].1["www-authenticate"].to_str().unwrap()), (401, "Waymark"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // As a bearer it is none either.
    let signature = format!("Bearer {}", sign("demo", ADAM));
    assert_eq!(collector.get_with("/v1/state?site=demo&user=a", &[("authorization", &signature)]).await.status, 401);
    collector.stop().await;
}

#[tokio::test]
async fn only_the_site_s_pages_and_its_server_may_ask() {
    let collector = start(&Home::in_memory()).await;
    let signed = body("shop", ADAM, &secret(SECRET).sign("shop", ADAM), &json!([]));
    for (headers, status) in [
        (&[("origin", "https://shop.example")][..], 200),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[], 200),
    ] {
        assert_eq!(send(&collector, headers, signed.clone()).await.status, status, "{headers:?}");
    }
    // A page can read the answer, the refusal too, and needs no preflight for it.
    let page = [("origin", "https://shop.example"), ("content-type", "text/plain;charset=UTF-8")];
    for (body, status) in [(signed, 200), (body("shop", ADAM, "", &json!([])), 401)] {
        let answer = send(&collector, &page, body).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (status, page[0].1));
    }
    collector.stop().await;
}

#[tokio::test]
async fn the_address_may_name_the_site_too() {
    let collector = start(&Home::in_memory()).await;
    let signed = body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([]));
    for (query, status) in [("?site=demo", 200), ("?site=shop", 400), ("?site=nowhere", 400), ("?other=1", 200)] {
        let request = collector.request("POST", &format!("/v1/state{query}"), &[], signed.clone().into());
        assert_eq!(collector.ask(request).await.status, status, "{query}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_gap() {
    let home = Home::in_memory();
    let mut config = config(&home);
    let collector = Collector::open(config.clone()).unwrap();
    let reconfigure = collector.reloader();
    let collector = Running::serve(collector).await;
    let [old, new] = [SECRET, OTHER].map(|text| body("demo", ADAM, &secret(text).sign("demo", ADAM), &json!([])));
    for (secrets, statuses) in [(&[SECRET][..], [200, 401]), (&[OTHER, SECRET], [200, 200]), (&[OTHER], [401, 200])] {
        config.sites[0].state_secrets = secrets.iter().map(|text| secret(text)).collect();
        reconfigure.apply(&config).unwrap();
        for (body, status) in [&old, &new].into_iter().zip(statuses) {
            assert_eq!(send(&collector, &[], body.clone()).await.status, status, "{secrets:?}");
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn it_is_paced_like_every_other_request() {
    let home = Home::in_memory();
    let mut config = config(&home);
    config.limits.site_rate = 1;
    config.limits.site_burst = Some(2);
    let collector = Running::start(config).await;
    // What is not signed takes nothing of what the site's own users may send.
    for _ in 0..5 {
        assert_eq!(send(&collector, &[], body("demo", ADAM, "", &json!([]))).await.status, 401);
    }
    let signed = body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([]));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(send(&collector, &[], signed.clone()).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
    collector.stop().await;
}

#[tokio::test]
async fn a_body_over_256_kib_is_413_with_the_limit() {
    let collector = start(&Home::in_memory()).await;
    let signed = body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([]));
    let fits = format!("{signed}{}", " ".repeat(262_144 - signed.len()));
    assert_eq!(send(&collector, &[], fits.clone()).await.status, 200);
    let answer = send(&collector, &[], format!("{fits} ")).await;
    let why = "the body is over 262144 bytes";
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (413, json!({"error": why, "code": "body-too-large", "limit": 262_144}))
    );
    collector.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_is_503() {
    let home = Home::in_sqlite();
    let collector = start(&home).await;
    Connection::open(home.store()).unwrap().execute_batch("DROP TABLE states").unwrap();
    for entries in [json!([]), json!([task("7", 0, 5, 1)])] {
        let answer = send(&collector, &[], body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &entries)).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"));
    }
    collector.stop().await;
}

#[tokio::test]
async fn of_whom_was_erased_no_byte_is_left() {
    let home = Home::in_sqlite();
    let collector = start(&home).await;
    let holds = |text: &str| {
        let files = ["events.db", "events.db-wal"].map(|name| std::fs::read(home.file(name)).unwrap_or_default());
        files.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    // Enough for pages to be split and merged, in an order that mixes both users.
    let long = "x".repeat(900);
    let said = |user: &str| {
        json!([0, 1, 2, 3].map(|name| json!({"kind": "data", "name": format!("n{name}"), "version": 0,
        "at": 5, "expires": LATER, "value": format!("said by {user} {long}")})))
    };
    for n in 0..60 {
        sync(&collector, ADAM, json!([task(&n.to_string(), 0, 5, 1)])).await;
        let other = format!("{n}-eve@example.com");
        sync(&collector, &other, said(&other)).await;
        sync(&collector, ADAM, said(&format!("{ADAM} {n}"))).await;
    }
    assert!(holds(ADAM) && holds("said by adam") && holds("59-eve@example.com"));
    let bearer = format!("Bearer {TOKEN}");
    let path = "/v1/users/adam.brown%40example.com";
    let request = collector.request("DELETE", path, &[("authorization", &bearer)], Bytes::new());
    assert_eq!(collector.ask(request).await.json(), json!({"erased": 0, "states": 64, "gone": true}));
    assert!(!holds(ADAM) && !holds("said by adam") && holds("59-eve@example.com"));
    collector.stop().await;
    assert_eq!(verify(home.store()).unwrap().wrong, [""; 0]);
}

#[tokio::test]
async fn what_has_expired_is_erased_with_what_was_kept_long_enough() {
    let home = Home::in_sqlite();
    let collector = start(&home).await;
    let all: Vec<_> = (0..100).map(|name| task(&name.to_string(), 0, 5, 1)).collect();
    for user in 0..8 {
        sync(&collector, &user.to_string(), all.clone().into()).await;
    }
    collector.stop().await;
    let file = Connection::open(home.store()).unwrap();
    file.execute_batch("UPDATE states SET expires = 5 WHERE user < '7'").unwrap();
    let collector = start(&home).await;
    in_time(async {
        while file.query_row("SELECT count(*) FROM states", [], |row| row.get::<_, i64>(0)).unwrap() != 100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    collector.stop().await;
}

/// Sends each body to one collector; every answer is one of those that a body can have.
fn every_answer_is_in_order(bodies: impl Strategy<Value = Vec<u8>>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let collector = runtime.block_on(start(&Home::in_memory()));
    let mut cases = TestRunner::new(Cases { cases: 512, failure_persistence: None, ..Cases::default() });
    let outcome = cases.run(&bodies, |body| {
        let answer = runtime.block_on(send(&collector, &[], body));
        prop_assert!([200, 400, 401, 413].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text());
        prop_assert!(answer.json().is_object());
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(collector.stop());
}

#[test]
fn bytes_from_a_stranger_are_answered() {
    every_answer_is_in_order(any::<Vec<u8>>());
}

#[test]
fn a_damaged_request_is_answered() {
    let whole =
        body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([task("7", 0, 5, 2), task("8", 1, 5, 1)]));
    let damaged = (0..whole.len(), any::<u8>()).prop_map(move |(at, byte)| {
        let mut body = whole.clone().into_bytes();
        body[at] = byte;
        body
    });
    every_answer_is_in_order(damaged);
}

#[test]
fn whatever_a_signed_user_makes_up_is_answered() {
    let number = prop_oneof![any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from), Just(json!(-1))];
    let text = prop_oneof!["task|data|goal|walkthru", "[0-9]{1,20}", ".*"].prop_map(Value::from);
    let any = prop_oneof![number, text, Just(Value::Null), Just(json!({"a": [[[]]]}))];
    let members = ["kind", "name", "version", "at", "expires", "value"];
    let entry = prop::collection::vec((0..members.len(), any), 0..8)
        .prop_map(move |all| Value::from_iter(all.into_iter().map(|(member, value)| (members[member], value))));
    let good = Just(task("7", 4_294_967_295, i64::MIN, 1));
    let entries = prop::collection::vec(prop_oneof![entry, good], 0..4);
    let signature = secret(SECRET).sign("demo", "\u{0}");
    every_answer_is_in_order(
        entries.prop_map(move |entries| body("demo", "\u{0}", &signature, &entries.into()).into_bytes()),
    );
}

/// What the page on kept state shows of this language.
fn example(language: &str) -> &'static str {
    let page = include_str!("../../../../../docs/state.md");
    let (_, rest) = page.split_once("## Between browsers").unwrap();
    let (_, rest) = rest.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_page_s_examples_sign_as_we_do() {
    let user = "Åsa \"1\"";
    let signature = secret(SECRET).sign("demo", user);
    let node = format!("{}\nconsole.log(sign('{SECRET}', 'demo', 'Åsa \"1\"'))", example("js"));
    let python = format!("{}\nprint(sign('{SECRET}', 'demo', 'Åsa \"1\"'))", example("python"));
    let php = format!("{}\necho sign('{SECRET}', 'demo', 'Åsa \"1\"');", example("php"));
    for (program, arguments) in [("node", ["-e", &node]), ("python3", ["-c", &python]), ("php", ["-r", &php])] {
        // What is not on this machine says nothing.
        let Ok(output) = Command::new(program).args(arguments).output() else { continue };
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.trim(), signature, "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
