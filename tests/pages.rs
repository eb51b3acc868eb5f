//! The whole system in real browsers: pages, recorder, collector.
#![cfg(not(target_arch = "wasm32"))]

mod support;

use serde_json::json;
use support::browser::Browser;

async fn a_page_runs_scripts(browser: &Browser) {
    browser.goto("data:text/html,<title>hello</title><button onclick='window.clicked=1'>go</button>").await;
    assert_eq!(browser.run("return document.title", &[]).await, json!("hello"));
    browser.click("button").await;
    browser.wait_for("window.clicked === 1").await;
    assert_eq!(browser.promised("new Promise((done) => setTimeout(() => done(arguments.length), 10))").await, json!(1));
}

async fn a_tab_opens_and_closes(browser: &Browser) {
    let before = browser.new_tab().await;
    browser.goto("data:text/html,<title>second</title>").await;
    browser.close_tab(before).await;
    assert_eq!(browser.url().await, "about:blank");
}

in_every_engine![a_page_runs_scripts, a_tab_opens_and_closes];
