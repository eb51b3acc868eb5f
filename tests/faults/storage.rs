//! The browser has no room, or keeps nothing.

use serde_json::json;

use crate::proxy::Fault;
use crate::stage::{MARKS, PATIENCE, Stage};
use support::browser::Browser;
use support::until;

async fn leave(browser: &Browser, stage: &Stage, page: &str) {
    stage.open(browser, page, "").await;
    let script = "mark(...arguments); document.querySelector('#next').click()";
    browser.run(script, &[json!(stage.scenario), json!(0), json!(MARKS)]).await;
    browser.wait_for("document.title === 'Plain'").await;
}

pub async fn nothing_may_be_kept(browser: &Browser, stage: &Stage) {
    leave(browser, stage, "marks-refused").await;
    let tally = stage.settle(stage.scenario, MARKS, PATIENCE).await;
    stage.conclude(&tally, 0, "the page is left");
}

pub async fn there_is_no_room(browser: &Browser, stage: &Stage) {
    leave(browser, stage, "marks-full").await;
    let tally = stage.settle(stage.scenario, MARKS, PATIENCE).await;
    browser.run("localStorage.clear()", &[]).await;
    stage.conclude(&tally, 0, "the page is left");
}

/// Nothing can hold them then: what is asked for is that the collector learns of it.
pub async fn there_is_no_room_and_the_collector_is_away(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks-full", "").await;
    stage.net.set(Fault::Refuse).await;
    stage.mark(browser, 0, MARKS).await;
    // A page without the recorder in between, so that the next one finds the site's settings: it cannot have kept them.
    browser.goto(&stage.page("none", "")).await;
    stage.net.set(Fault::None).await;
    stage.open(browser, "marks-full", "").await;
    stage.mark(browser, MARKS, 2 * MARKS).await;
    let second = || async {
        let tally = stage.tally(stage.scenario, 2 * MARKS).await;
        (tally.stored >= MARKS).then_some(())
    };
    until(2 * PATIENCE, second).await;
    let tally = stage.tally(stage.scenario, 2 * MARKS).await;
    browser.run("localStorage.clear()", &[]).await;
    let (missing, explained) = (tally.missing.len() as u64, tally.declared() + tally.unexplained.unwrap_or(0));
    let is_known = tally.unexplained.is_none() || explained >= missing;
    let is_met = tally.stored >= MARKS && tally.twice == 0 && is_known;
    stage.conclude_as(&tally, is_met, "nothing can hold what the first page recorded");
}

/// The oldest make room, and are declared.
pub async fn more_is_recorded_than_is_kept(browser: &Browser, stage: &Stage) {
    const MANY: u32 = 6 * MARKS;
    stage.open(browser, "marks", "").await;
    browser.promised("waymark('flush')").await;
    stage.net.set(Fault::Refuse).await;
    browser.run("mark(...arguments)", &[json!(stage.scenario), json!(0), json!(MANY), json!(4000)]).await;
    browser.run("window.old = true; location.reload()", &[]).await;
    browser.wait_for("!window.old && window.mark").await;
    stage.net.set(Fault::None).await;
    let is_explained = async || {
        let tally = stage.tally(stage.scenario, MANY).await;
        (tally.stored > 0 && tally.missing.len() as u64 == tally.declared()).then_some(())
    };
    until(2 * PATIENCE, is_explained).await;
    browser.promised("waymark('flush')").await;
    stage.empty(browser).await;
    let tally = stage.tally(stage.scenario, MANY).await;
    let is_known = tally.missing.len() as u64 == tally.declared() && tally.unexplained.unwrap_or(0) == 0;
    let is_met = tally.stored > 0 && is_known && tally.twice == 0;
    stage.conclude_as(&tally, is_met, "1.2 MB while the collector is away, then a reload");
}

pub async fn the_page_is_a_sandboxed_frame(browser: &Browser, stage: &Stage) {
    browser.goto(&stage.page("marks-sandbox", &format!("settings={{}}&marks={},{MARKS},0", stage.scenario))).await;
    let tally = stage.settle(stage.scenario, MARKS, PATIENCE).await;
    let wrong = browser.run("return wrong", &[]).await;
    let is_met = tally.missing.is_empty() && tally.twice == 0 && wrong == json!([]);
    stage.conclude_as(&tally, is_met, "the page stays");
}
