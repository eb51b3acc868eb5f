//! The network or the collector fails.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::proxy::Fault;
use crate::stage::{MARKS, PATIENCE, Stage};
use support::browser::Browser;
use support::engine::Engine;

/// The first waits between attempts, and what a shared machine adds.
const SEVERAL_WAITS: Duration = Duration::from_secs(60);

pub async fn the_collector_is_away_for_several_waits(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    stage.collector.kill();
    stage.mark(browser, 0, MARKS).await;
    // The proxy has nobody to forward to.
    let attempts = stage.net.wait_for(Fault::None, 4, SEVERAL_WAITS).await;
    stage.collector.run().await;
    let tally = stage.settle(stage.scenario, MARKS, SEVERAL_WAITS).await;
    stage.empty(browser).await;
    let is_met = tally.missing.is_empty() && tally.twice == 0 && attempts >= 4;
    stage.conclude_as(&tally, is_met, &format!("after {attempts} attempts"));
}

pub async fn the_answer_is_lost_and_the_collector_killed(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::LoseAnswer).await;
    stage.mark(browser, 0, MARKS).await;
    stage.net.wait_for(Fault::LoseAnswer, 1, PATIENCE).await;
    stage.collector.kill();
    stage.net.set(Fault::None).await;
    stage.collector.run().await;
    stage.settle(stage.scenario, MARKS, PATIENCE).await;
    // It stays with the browser until a later answer says that it arrived.
    stage.net.wait_for(Fault::None, 1, PATIENCE).await;
    stage.empty(browser).await;
    let tally = stage.tally(stage.scenario, MARKS).await;
    let is_met = tally.missing.is_empty() && tally.twice == 0 && tally.duplicates > 0;
    stage.conclude_as(&tally, is_met, "");
}

pub async fn the_connection_is_reset_in_the_body(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::ResetInBody).await;
    stage.mark(browser, 0, MARKS).await;
    let resets = stage.net.wait_for(Fault::ResetInBody, 2, PATIENCE).await;
    stage.net.set(Fault::None).await;
    let tally = stage.settle(stage.scenario, MARKS, PATIENCE).await;
    stage.conclude(&tally, 0, &format!("{resets} resets"));
}

/// Whether no batch came within `seconds` of one that was answered to come later.
fn is_respected(stage: &Stage, fault: Fault, seconds: u64) -> bool {
    let batches = stage.net.batches();
    let soonest = Duration::from_secs(seconds) - Duration::from_millis(50);
    batches.windows(2).all(|pair| pair[0].fault != fault || pair[1].at.duration_since(pair[0].at) >= soonest)
}

pub async fn the_collector_says_later(browser: &Browser, stage: &Stage) {
    const SECONDS: u64 = 4;
    stage.open(browser, "marks", "").await;
    let mut respected = Vec::new();
    for (turn, status) in [503, 429].into_iter().enumerate() {
        let fault = Fault::Status(status, SECONDS as u32);
        stage.net.set(fault).await;
        let from = turn as u32 * MARKS;
        stage.mark(browser, from, from + MARKS).await;
        stage.net.wait_for(fault, 1, PATIENCE).await;
        stage.net.set(Fault::None).await;
        stage.settle(stage.scenario, from + MARKS, PATIENCE).await;
        respected.push((status, is_respected(stage, fault, SECONDS)));
    }
    let tally = stage.tally(stage.scenario, 2 * MARKS).await;
    let is_met =
        tally.missing.is_empty() && tally.twice == 0 && respected.iter().all(|(_, is_respected)| *is_respected);
    let word = |(status, is_respected): &(u16, bool)| {
        format!("{status} {}", if *is_respected { "respected" } else { "not respected" })
    };
    stage.conclude_as(&tally, is_met, &respected.iter().map(word).collect::<Vec<_>>().join(", "));
}

pub async fn a_portal_answers_instead(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::Portal).await;
    stage.mark(browser, 0, MARKS).await;
    let answers = stage.net.wait_for(Fault::Portal, 2, PATIENCE).await;
    stage.net.set(Fault::None).await;
    let tally = stage.settle(stage.scenario, MARKS, PATIENCE).await;
    stage.conclude(&tally, 0, &format!("{answers} foreign answers"));
}

/// Something in between takes less than the recorder sends.
pub async fn a_proxy_takes_small_bodies_only(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::Narrow(8_000)).await;
    browser.run("mark(...arguments)", &[json!(stage.scenario), json!(0), json!(MARKS), json!(500)]).await;
    stage.net.wait_for(Fault::Narrow(8_000), 1, PATIENCE).await;
    stage.settle(stage.scenario, MARKS, PATIENCE).await;
    // What is declared comes with the next batch.
    stage.net.set(Fault::None).await;
    browser.promised("waymark('record', 'after', {}).then(() => waymark('flush'))").await;
    let tally = stage.settle(stage.scenario, MARKS, Duration::from_secs(2)).await;
    let is_met = tally.twice == 0 && (tally.missing.is_empty() || tally.missing.len() as u64 <= tally.declared());
    stage.conclude_as(&tally, is_met, "413 above 8 kB");
}

/// As an ad blocker does it.
pub async fn everything_is_blocked(browser: &Browser, stage: &Stage) {
    const WATCHED: Duration = Duration::from_secs(30);
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::Reset).await;
    let began = Instant::now();
    for turn in 0..10 {
        stage.mark(browser, turn * MARKS, (turn + 1) * MARKS).await;
        tokio::time::sleep(WATCHED.saturating_sub(began.elapsed()) / (10 - turn)).await;
    }
    let requests = stage.net.requests().iter().filter(|request| request.fault == Fault::Reset).count();
    let wrong = browser.run("return wrong", &[]).await;
    let seen = stage.tally(stage.scenario, 10 * MARKS).await.stored;
    stage.net.set(Fault::None).await;
    let tally = stage.visit(browser, 10 * MARKS).await;
    let is_met = seen == 0 && wrong == json!([]) && requests <= 12 && tally.missing.is_empty() && tally.twice == 0;
    let seconds = WATCHED.as_secs();
    let remark =
        format!("{requests} requests in {seconds} s, the page notices nothing; then a visit without the blocker");
    stage.conclude_as(&tally, is_met, &remark);
}

/// The browser itself says that it is offline.
pub async fn the_browser_is_offline(browser: &Browser, stage: &Stage) {
    if browser.engine != Engine::Chromium {
        return stage.cannot("its driver has no such switch");
    }
    let network = async |offline: bool| {
        let params = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        browser.devtools("Network.emulateNetworkConditions", params).await;
    };
    stage.open(browser, "marks", "").await;
    network(true).await;
    stage.mark(browser, 0, MARKS).await;
    browser.wait_for("performance.now() > 8000").await;
    network(false).await;
    let back = Instant::now();
    let tally = stage.settle(stage.scenario, MARKS, SEVERAL_WAITS).await;
    stage.conclude(&tally, 0, &format!("{:.1} s after it was back", back.elapsed().as_secs_f64()));
}
