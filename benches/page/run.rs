//! A run of the bench's page in a browser, with the main thread's time.

use std::hash::{BuildHasher as _, RandomState};

use serde_json::{Value, json};

use support::browser::Browser;
use support::engine::Engine;
use support::world::World;

/// Who records on the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Nobody.
    Idle,
    /// The least JavaScript that does the same.
    Floor,
    Waymark,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::Idle, Mode::Floor, Mode::Waymark];

    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// The mode's name in the tables.
    pub fn title(self) -> &'static str {
        match self {
            Mode::Idle => "no recorder",
            Mode::Floor => "plain JavaScript",
            Mode::Waymark => "Waymark",
        }
    }
}

/// A collector, and a site with the bench's page.
pub async fn world() -> World {
    let world = World::start().await;
    world.add_page("bench.html", include_str!("../page.html"));
    world
}

/// A browser that counts the time of the main thread.
pub async fn browser() -> Browser {
    let browser = Browser::open(Engine::Chromium).await;
    browser.devtools("Performance.enable", json!({ "timeDomain": "threadTicks" })).await;
    browser
}

/// Opens the bench's page, whose events have the type `kind`, and waits until its own start is over.
pub async fn open(browser: &Browser, world: &World, mode: &str, kind: &str) {
    browser.goto(&world.page(&format!("pages/bench.html?{mode},{kind}"))).await;
    browser.wait_for("document.readyState === 'complete'").await;
    browser.promised("settled()").await;
    browser.promised("new Promise((done) => setTimeout(done, 300))").await;
}

/// The result of the page's `expression`, a promise, and the time of the main thread in tasks of any kind meanwhile, in
/// ms.
pub async fn measured(browser: &Browser, expression: &str) -> (Value, f64) {
    let before = task_ms(browser).await;
    let result = browser.promised(expression).await;
    (result, task_ms(browser).await - before)
}

async fn task_ms(browser: &Browser) -> f64 {
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await;
    let metrics = metrics["metrics"].as_array().unwrap();
    let duration = metrics.iter().find(|metric| metric["name"] == "TaskDuration").unwrap();
    duration["value"].as_f64().unwrap() * 1000.0
}

/// The modes in random order.
pub fn shuffled<const N: usize>(mut modes: [Mode; N]) -> [Mode; N] {
    for last in (1..N).rev() {
        let random = RandomState::new().hash_one(last) as usize;
        modes.swap(last, random % (last + 1));
    }
    modes
}
