//! The page of insights: what it shows is what the API answers, and a view is its address. The events are few, and made
//! by hand:
//!
//! | time in UTC | user | session | events |
//! |---|---|---|---|
//! | 9 January 2026, 12:00 | carol | s4 | a page view of `/` |
//! | 10 January, 10:00 | alice | s1 | a page view of `/`, and a play of `Tour` with two steps that is completed |
//! | 10 January, 23:30 | bob | s2 | a page view of `/shop` |
//! | 12 January, 09:00 | alice | s3 | a page view of `/` |

mod address;
mod exports;
mod numbers;
mod saved;
mod sharing;
mod strangers;
mod tokens;
mod user;

pub use address::*;
pub use numbers::*;
pub use saved::*;
pub use sharing::*;
pub use strangers::*;
pub use tokens::*;
pub use user::*;

use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use support::browser::Browser;
use support::world::World;
use support::{http, until};

/// 10 January 2026, 00:00 UTC.
const START: i64 = 1_768_003_200_000;
const HOUR: i64 = 3_600_000;

/// The range of most tests: 10 to 12 January.
const RANGE: &str = "site=demo&from=2026-01-10&to=2026-01-13";

/// The batch of a tab: an event for each type, a second apart.
fn batch(tab: u32, user: &str, session: &str, time: i64, path: &str, kinds: &[&str]) -> Value {
    let context = json!({
        "sId": session, "interactionGuid": "a2aab74b-60ec-816c-10d4-42d02ea341f5",
        "wm": {"euId": user, "euIdSource": "Identifier", "permId": -1, "env": 0, "platform": 1},
        "env": {"browser": {"name": "Chrome"}, "os": {"name": "Linux"}, "mobile": false, "timezone": 0},
        "ctx": {"location": {"protocol": "https:", "hostname": "shop.example", "pathname": path}, "title": "Shop",
            "isIframe": false, "visitId": "9ef11e58809fd93c55d22f12c3fd401c"},
        "visions": {"sId": session}, "version": {"lib": "0.1.0", "pe": "1.0.0"},
    });
    let event = |(n, kind): (usize, &&str)| {
        let step = if n < 3 { 1 } else { 2 };
        let data = json!({"type": "wt", "oId": 7, "oName": "Tour", "pId": "p1", "pInit": {"type": 1},
            "oRequestedSubObject": step, "oActualSubObject": step});
        let data = if *kind == "pageView" { json!({}) } else { data };
        json!({"time": time + 1_000 * n as i64, "type": kind, "in": 0, "data": data})
    };
    json!({
        "v": 1, "site": "demo", "tab": format!("9ef11e58-809f-4d93-855d-22f1{tab:08x}"), "seq": 0,
        "last": kinds.len() - 1, "sent": now(), "attempt": 1, "request": "c56a4180-65aa-42ec-a945-5fd21dec0538",
        "lost": {}, "contexts": [context], "events": kinds.iter().enumerate().map(event).collect::<Vec<_>>(),
    })
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

/// Stores the events of the table above.
async fn fill(world: &World) {
    for batch in [
        batch(4, "carol", "s4", START - 12 * HOUR, "/", &["pageView"]),
        batch(1, "alice", "s1", START + 10 * HOUR, "/", &["pageView", "play", "step", "step", "complete"]),
        batch(2, "bob", "s2", START + 23 * HOUR + HOUR / 2, "/shop", &["pageView"]),
        batch(3, "alice", "s3", START + 57 * HOUR, "/", &["pageView"]),
    ] {
        post(world, &batch).await;
    }
    count(world).await;
}

async fn post(world: &World, batch: &Value) {
    let answer = http::post(&format!("{}/v1/events", world.collector()), batch.to_string()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Waits until all stored events are counted.
async fn count(world: &World) {
    let counted = until(Duration::from_secs(20), async || {
        (ask(world, "health", "site=demo").await["behind"]["events"] == 0).then_some(())
    });
    counted.await.expect("all events are counted");
}

/// The answer of the API.
async fn ask(world: &World, view: &str, query: &str) -> Value {
    let answer = http::get(&format!("{}/v1/insights/{view}?{query}", world.collector())).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Opens a view and waits for its answer.
async fn open(browser: &Browser, world: &World, query: &str) {
    browser.goto(&format!("{}/insights?{query}", world.collector())).await;
    shown(browser).await;
}

/// Waits until the page shows what it was asked for.
async fn shown(browser: &Browser) {
    browser.wait_for("document.querySelector('#state')?.dataset.state === 'live'").await;
    // A chart is drawn once there is room for it.
    browser.wait_for("[...document.querySelectorAll('.plot')].every((plot) => plot.dataset.points)").await;
}

/// The number on the card with this title, as it is written.
async fn card(browser: &Browser, title: &str) -> Value {
    let text = "const card = [...document.querySelectorAll('.card')]
            .find((card) => card.querySelector('.name').textContent === arguments[0]);
        return card && ['.value', '.before'].map((part) => card.querySelector(part)?.textContent ?? '')";
    browser.run(text, &[title.into()]).await
}

/// The cells of a table, by its name.
async fn cells(browser: &Browser, table: &str) -> Value {
    let text = "return [...document.querySelectorAll(`table[aria-labelledby=table-${arguments[0]}] tbody tr`)]
        .map((row) => [...row.children].map((cell) => cell.textContent))";
    browser.run(text, &[table.into()]).await
}
