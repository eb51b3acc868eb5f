//! The page goes while events are unsent.

use std::time::Duration;

use serde_json::json;

use crate::proxy::Fault;
use crate::stage::{MARKS, PATIENCE, Stage};
use crate::support::browser::Browser;

pub async fn the_tab_is_closed(browser: &Browser, stage: &Stage) {
    let before = browser.new_tab().await;
    stage.open(browser, "marks", "").await;
    stage.mark(browser, 0, MARKS).await;
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

/// Of the events of a page, 200 kB are more than a browser takes along when the page goes.
pub async fn two_hundred_kilobytes_are_pending_at_the_end(browser: &Browser, stage: &Stage) {
    let before = browser.new_tab().await;
    stage.open(browser, "marks", "").await;
    // Until it is known who the user is, less is held.
    browser.promised("waymark('flush')").await;
    browser.run("mark(...arguments)", &[json!(stage.scenario), json!(0), json!(MARKS), json!(4000)]).await;
    browser.close_tab(before).await;
    let at_close = stage.settle(stage.scenario, MARKS, Duration::from_secs(2)).await.stored;
    let tally = stage.visit(browser, MARKS).await;
    stage.conclude(&tally, 0, &format!("{at_close} of them before the next visit"));
}
