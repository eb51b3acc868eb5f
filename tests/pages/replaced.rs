//! Pages that replace or shadow, one name at a time, what the recorder could take from them (www/pages/replaced.js): each
//! call is answered, the page sees no error, and nothing that limits what is collected is loosened.

use super::*;
use std::time::Duration;
use support::world::kind;

/// How long a part of the table may take: some 20 s in Chromium on a quiet machine, longer in the others.
const PATIENCE: Duration = Duration::from_secs(180);

/// The events that pages of the table have recorded, by their mark.
fn marks(events: &[Value]) -> Vec<&str> {
    let marks = events.iter().filter_map(|event| event["data"]["mark"].as_str().or(event["data"]["text"].as_str()));
    marks.filter(|mark| *mark != "started").collect()
}

/// Runs a part of the table, and prints it. Panics where a row has a flaw.
async fn run(browser: &Browser, part: &str) -> Vec<Value> {
    browser.run(&format!("window.done = null; {part}.then((rows) => (window.done = rows))"), &[]).await;
    browser.wait_so_long_for("done", PATIENCE).await;
    let rows = browser.run("return done", &[]).await;
    let rows = rows.as_array().unwrap().clone();
    let mut flawed = Vec::new();
    for row in &rows {
        let [name, how, when, answer] = ["name", "how", "when", "answer"].map(|key| row[key].as_str().unwrap());
        let flaws = texts(&row["flaws"]).join("; ");
        eprintln!("{:?} | {name} | {how} | {when} | {answer} | {flaws}", browser.engine);
        if !flaws.is_empty() {
            flawed.push(format!("{name} | {how} | {when} | {flaws}"));
        }
    }
    assert!(flawed.is_empty(), "{} of {} rows:\n{}", flawed.len(), rows.len(), flawed.join("\n"));
    rows
}

/// What arrived is what was answered so, lists as lists.
async fn assert_arrived(world: &World, rows: &[Value]) {
    let arrives = rows.iter().filter(|row| row["arrives"] == true);
    let expected: Vec<&str> = arrives.map(|row| row["mark"].as_str().unwrap()).collect();
    let events = world.wait_for(|events| expected.iter().all(|mark| marks(events).contains(mark))).await;
    for event in events.iter().filter(|event| kind(event) == "marked") {
        assert_eq!(event["data"]["list"][0], 1, "{event}");
    }
}

pub async fn a_call_is_answered_whatever_the_page_has_replaced(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    browser.goto(&world.page("pages/replaced.html")).await;
    let rows = run(browser, "runBefore('plain', ['does nothing'])").await;
    assert!(rows.iter().filter(|row| row["arrives"] == true).count() > rows.len() / 2);
    assert_arrived(world, &rows).await;
}

pub async fn a_call_is_answered_whatever_the_page_replaces_later(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/replaced.html")).await;
    let rows = run(browser, "runAfter(['does nothing', 'is 42'])").await;
    assert_arrived(world, &rows).await;
}

pub async fn nothing_that_a_page_replaces_loosens_a_limit(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    browser.goto(&world.page("pages/replaced.html")).await;
    let answered = browser.promised("answer()").await;
    assert!(answered.as_array().unwrap().iter().all(|outcome| outcome["ok"] == true), "{answered}");
    run(browser, "runBefore('strict', ['throws'])").await;
    run(browser, "runBefore('open', [], 'nothing')").await;
    // Nothing of a strict page has arrived when the last page's event does, which nothing forbids.
    let events = world.wait_for(|events| marks(events).contains(&"open nothing -")).await;
    assert_eq!(marks(&events), ["open nothing -"]);
}
