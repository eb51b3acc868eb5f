//! `POST /v1/state`: what is remembered of a user follows them from browser to browser, and nobody else.

mod access;
mod browsers;
mod erasure;
mod examples;
mod untrusted;

use crate::harness::running::*;
use serde_json::{Value, json};
use std::time::Duration;
use waymark_collector::store::verify;
use waymark_collector::{Config, Secret};
use waymark_wire::state::DAY_MS;

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
    // Erasing again changes nothing, and the state is empty for everyone.
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
