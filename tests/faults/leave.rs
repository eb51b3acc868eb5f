//! The page goes while events are unsent.

use serde_json::json;

use crate::marks::Tally;
use crate::proxy::Fault;
use crate::stage::{MARKS, PATIENCE, Stage};
use support::browser::Browser;
use support::engine::Engine;

pub async fn the_tab_is_closed(browser: &Browser, stage: &Stage) {
    let before = browser.new_tab().await;
    stage.open(browser, "marks", "").await;
    // Its session is known; until then nothing is kept.
    browser.promised("waymark('flush')").await;
    stage.mark(browser, 0, MARKS).await;
    if browser.engine == Engine::Firefox {
        // It drops, now and then, what a tab writes and sends while it is closed: here it is what is kept that counts.
        browser.wait_for("Object.keys(localStorage).some((key) => key.startsWith('wm-out.'))").await;
    }
    browser.close_tab(before).await;
    let tally = stage.visit(browser, MARKS).await;
    stage.conclude(&tally, 0, "");
}

pub async fn the_page_is_left(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    let script = "mark(...arguments); document.querySelector('#next').click()";
    browser.run(script, &[json!(stage.scenario), json!(0), json!(MARKS)]).await;
    browser.wait_for("document.title === 'Plain'").await;
    let tally = stage.visit(browser, MARKS).await;
    stage.conclude(&tally, 0, "");
}

pub async fn the_page_is_reloaded_while_the_collector_is_away(browser: &Browser, stage: &Stage) {
    stage.open(browser, "marks", "").await;
    stage.net.set(Fault::Refuse).await;
    stage.mark(browser, 0, MARKS).await;
    browser.run("window.old = true; location.reload()", &[]).await;
    browser.wait_for("!window.old && window.mark").await;
    stage.mark(browser, MARKS, 2 * MARKS).await;
    stage.net.set(Fault::None).await;
    let tally = stage.settle(stage.scenario, 2 * MARKS, 2 * PATIENCE).await;
    stage.conclude(&tally, 0, "");
}

/// Of the events of a page, 200 kB are more than a browser takes along when the page goes. Firefox also drops what a
/// page writes while its tab is closed, in half of the runs: then only what was on its way before has arrived.
pub async fn two_hundred_kilobytes_are_pending_at_the_end(browser: &Browser, stage: &Stage) {
    const RUNS: u32 = 5;
    const ON_ITS_WAY: u32 = 8;
    let (mut tally, mut worst) = (Tally::default(), MARKS);
    for turn in 0..RUNS {
        let run = format!("run-{turn}");
        let before = browser.new_tab().await;
        stage.open(browser, "marks", "").await;
        // Until it is known who the user is, less is held.
        browser.promised("waymark('flush')").await;
        browser.run("mark(...arguments)", &[json!(run), json!(0), json!(MARKS), json!(4000)]).await;
        browser.close_tab(before).await;
        stage.open(browser, "marks", "").await;
        let one = stage.settle(&run, MARKS, PATIENCE / 2).await;
        stage.empty(browser).await;
        worst = worst.min(one.stored);
        tally.add(one);
    }
    tally.take_totals(stage.tally("", 0).await);
    let least = if browser.engine == Engine::Firefox { ON_ITS_WAY } else { MARKS };
    let remark = format!("{RUNS} runs, at worst {worst} of {MARKS}");
    stage.conclude_as(&tally, worst >= least && tally.twice == 0, &remark);
}
