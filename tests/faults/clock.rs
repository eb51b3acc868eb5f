//! The clock jumps. The machine's own cannot be moved here: it is the page's, as the page sees it.

use serde_json::json;

use crate::proxy::Fault;
use crate::stage::{PATIENCE, Stage};
use support::browser::Browser;

const YEAR_MS: i64 = 365 * 86_400_000;

/// A page by another clock, then one by the right clock, which then jumps to the other.
async fn jump(browser: &Browser, stage: &Stage, by: i64) {
    const PART: u32 = 25;
    // An earlier visit has the site's settings: without them nothing is recorded in an outage.
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::Reset).await;
    stage.open(browser, "marks-clock", &format!("ahead={by}")).await;
    stage.mark(browser, 0, PART).await;
    stage.net.wait_for(Fault::Reset, 1, PATIENCE).await;
    stage.open(browser, "marks-clock", "ahead=0").await;
    stage.mark(browser, PART, 2 * PART).await;
    let before = stage.net.batches().len();
    stage.net.wait_for(Fault::Reset, before + 1, PATIENCE).await;
    browser.run("jump(...arguments)", &[json!(by)]).await;
    stage.mark(browser, 2 * PART, 3 * PART).await;
    stage.net.set(Fault::None).await;
    let tally = stage.settle(stage.scenario, 3 * PART, 2 * PATIENCE).await;
    let is_met = tally.twice == 0 && tally.missing.len() as u64 <= tally.declared();
    stage.conclude_as(&tally, is_met, "the page's clock");
}

pub async fn the_clock_jumps_a_year_ahead(browser: &Browser, stage: &Stage) {
    jump(browser, stage, YEAR_MS).await;
}

pub async fn the_clock_jumps_a_year_back(browser: &Browser, stage: &Stage) {
    jump(browser, stage, -YEAR_MS).await;
}
