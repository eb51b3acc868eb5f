//! Takes the pictures of the README: demo shop, inspector and insights, as a newcomer sees them (`cargo xtask screenshots`).

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use support::browser::Browser;
use support::engine::Engine;
use support::world::World;
use support::{http, project};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 800;

fn main() {
    support::runtime().block_on(take());
}

/// A browser that has been nowhere yet.
async fn open() -> Browser {
    let browser = Browser::open(Engine::Chromium).await;
    let size = json!({ "width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false });
    browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
    let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
    let light = json!({ "name": "prefers-color-scheme", "value": "light" });
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": [still, light] })).await;
    browser
}

async fn take() {
    let world = World::start().await;
    let browser = open().await;
    browser.goto(&world.demo("sign-in/")).await;
    browser.click("#help").await;
    browser.click("[data-tour=log-in]").await;
    browser.wait_for("document.querySelector('.driver-popover-progress-text')").await;
    save(&browser, "demo").await;
    for step in ["1 of 3", "2 of 3", "3 of 3"] {
        let is_shown = format!("document.querySelector('.driver-popover-progress-text')?.textContent === '{step}'");
        browser.wait_for(&is_shown).await;
        browser.click(".driver-popover-next-btn").await;
    }
    browser.promised("waymark('flush')").await;

    browser.goto(&world.collector()).await;
    browser.wait_for("document.querySelector('#rows button') && !document.querySelector('#audit').hidden").await;
    let play = "[...document.querySelectorAll('#rows button')].find(({ textContent }) => textContent.includes('play'))";
    browser.run(&format!("({play} ?? document.querySelector('#rows button')).click()"), &[]).await;
    browser.wait_for("!document.querySelector('#detail').hidden").await;
    save(&browser, "inspector").await;

    world.set_site("level = 2").await;
    let overlay = json!({ "site": "demo", "origin": world.page("").trim_end_matches('/') }).to_string();
    let made = http::post(&format!("{}/v1/overlays", world.collector()), overlay).await.unwrap();
    let made: Value = serde_json::from_str(&made.body).unwrap();
    let token = made["token"].as_str().unwrap();
    // The other one keeps the site's old settings for a minute.
    let browser = open().await;
    browser.goto(&format!("{}#waymark-overlay={token}", world.demo("join/"))).await;
    browser.wait_for("document.querySelector('waymark-overlay')?.shadowRoot.querySelector('.censored span')").await;
    browser.run("[...document.querySelectorAll('shop-consent button')].at(-1)?.click()", &[]).await;
    let pointed = "new PointerEvent('pointermove', { bubbles: true, composed: true })";
    let field = "document.querySelector('#new-password')";
    browser.run(&format!("{field}.scrollIntoView({{ block: 'center' }}); {field}.dispatchEvent({pointed})"), &[]).await;
    browser
        .wait_for("document.querySelector('waymark-overlay').shadowRoot.querySelector('.panel h3')?.textContent.includes('password')")
        .await;
    // What came into view last has its frame.
    let framed =
        "(({ x, y }) => [...document.querySelector('waymark-overlay').shadowRoot.querySelectorAll('.frames > div')]
        .some((box) => box.getBoundingClientRect().x === x && box.getBoundingClientRect().y === y))
        (document.querySelector('#land').getBoundingClientRect())";
    browser.wait_for(framed).await;
    save(&browser, "overlay").await;

    browser.goto(&format!("{}/insights?tz=UTC", world.collector())).await;
    browser.wait_for("document.querySelector('#fill-month')").await;
    browser.click("#fill-month").await;
    browser.wait_for("location.search.includes('demo-month') && document.querySelector('.chart .uplot')").await;
    save(&browser, "insights").await;
}

async fn save(browser: &Browser, name: &str) {
    let path: PathBuf = project().join("docs/images").join(format!("{name}.png"));
    // What moves has arrived.
    browser.promised("Promise.allSettled(document.getAnimations().map((animation) => animation.finish()))").await;
    fs::write(&path, browser.picture().await).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("wrote docs/images/{name}.png");
}
