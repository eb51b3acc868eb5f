//! The page's process or the whole browser ends without a word, while marks are recorded at a steady pace: how far
//! before its end do events get lost?

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::marks::Tally;
use crate::process;
use crate::proxy::Fault;
use crate::stage::{PATIENCE, Stage};
use support::browser::Browser;
use support::engine::Engine;
use support::until;

const RUNS: u32 = 5;
const EVERY_MS: i64 = 25;
const PACED: Duration = Duration::from_secs(3);

/// The end of the page alone takes what was not handed to the browser yet.
const LONGEST_UNSAVED: Duration = Duration::from_millis(1_000);

/// What the browser was handed reaches its disk after some time; until then the end of all of it takes that along. This
/// much was measured, rounded up. It is the engine's own doing: Chromium writes to its disk once in a minute where a
/// page writes all the time.
fn longest_unwritten(engine: Engine) -> Duration {
    match engine {
        Engine::Chromium => Duration::from_secs(60),
        Engine::Firefox => Duration::from_secs(8),
        Engine::Webkit => Duration::from_secs(2),
    }
}

/// Several runs together.
#[derive(Default)]
struct Kills {
    tally: Tally,
    /// Of each run, in ms before the kill, when the first mark was made that is missing.
    windows: Vec<i64>,
}

/// What a dead page left is taken over so soon: at once where a lock ends with its page, in Firefox when its lease has
/// run out and the next page has seen that twice. On a busy machine WebKit's browser takes seconds to start.
fn taken_over_within(engine: Engine) -> Duration {
    match engine {
        Engine::Chromium => Duration::from_secs(6),
        Engine::Firefox | Engine::Webkit => Duration::from_secs(18),
    }
}

impl Kills {
    /// Marks from `began` to `killed`, both in the clock's ms.
    async fn count(&mut self, stage: &Stage, run: &str, began: i64, killed: i64) {
        let made = ((killed - began) / EVERY_MS + 1) as u32;
        let tally = stage.settle(run, made, taken_over_within(stage.engine)).await;
        let first = tally.missing.first().map(|number| began + i64::from(*number) * EVERY_MS);
        self.windows.push(first.map_or(0, |first| killed - first));
        self.tally.add(tally);
    }

    async fn conclude(mut self, stage: &Stage, longest: Duration) {
        self.tally.take_totals(stage.tally("", 0).await);
        let worst = self.windows.iter().max().copied().unwrap_or(0);
        let is_met = worst <= longest.as_millis() as i64 && self.tally.twice == 0 && !self.windows.is_empty();
        let each = self.windows.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let remark = format!("{RUNS} runs, lost are the last {worst} ms at worst ({each})");
        stage.conclude_as(&self.tally, is_met, &remark);
    }
}

/// The process that the page is in which is seen: the one that works when the page does.
pub async fn process_of_page(browser: &Browser) -> u32 {
    let before = process::contents(browser.pid(), browser.engine);
    browser.run("burn(300)", &[]).await;
    let after = process::contents(browser.pid(), browser.engine);
    let worked = |now: &&process::Process| {
        let then = before.iter().find(|then| then.pid == now.pid).map_or(0, |then| then.worked);
        now.worked - then
    };
    after.iter().max_by_key(worked).expect("a content process").pid
}

/// When the page began to record.
async fn pace(browser: &Browser, run: &str, paced: Duration) -> i64 {
    browser.run("pace(...arguments)", &[json!(run), json!(100_000), json!(EVERY_MS)]).await;
    let began = browser.run("return began", &[]).await.as_i64().unwrap();
    wait_until(began + paced.as_millis() as i64).await;
    began
}

/// By the clock, in ms.
async fn wait_until(end: i64) {
    tokio::time::sleep(Duration::from_millis((end - process::now()).max(0) as u64)).await;
}

async fn kill_pages(stage: &Stage, fault: Fault) {
    if stage.engine == Engine::Webkit {
        return kill_undriven_pages(stage, fault).await;
    }
    let browser = Browser::open(stage.engine).await;
    let mut kills = Kills::default();
    for turn in 0..RUNS {
        let run = format!("run-{turn}");
        let before = browser.new_tab().await;
        stage.open(&browser, "marks", "").await;
        let page = process_of_page(&browser).await;
        stage.net.set(fault).await;
        let began = pace(&browser, &run, PACED).await;
        let killed = process::kill(&[page]);
        browser.leave_dead_tab(before).await;
        stage.net.set(Fault::None).await;
        stage.open(&browser, "marks", "").await;
        kills.count(stage, &run, began, killed).await;
    }
    kills.conclude(stage, LONGEST_UNSAVED).await;
}

/// WebKit's driver ends with a page that is killed.
async fn kill_undriven_pages(stage: &Stage, fault: Fault) {
    let mut kills = Kills::default();
    for turn in 0..RUNS {
        let run = format!("run-{turn}");
        let profile = stage.folder.join(&run);
        std::fs::create_dir_all(&profile).unwrap();
        let (browser, began) = begin_undriven(stage, &profile, &run, fault, PACED).await;
        let pages = process::contents(browser.0.id(), stage.engine);
        let killed = process::kill(&pages.iter().map(|page| page.pid).collect::<Vec<_>>());
        // The browser lives on for long enough to write what it has.
        wait_until(killed + 3_000).await;
        drop(browser);
        stage.net.set(Fault::None).await;
        let _browser = Undriven::open(&profile, &stage.page("marks", "settings={}"));
        kills.count(stage, &run, began, killed).await;
    }
    kills.conclude(stage, LONGEST_UNSAVED).await;
}

pub async fn the_page_s_process_is_killed(stage: &Stage) {
    kill_pages(stage, Fault::None).await;
}

pub async fn the_page_s_process_is_killed_while_the_collector_is_away(stage: &Stage) {
    kill_pages(stage, Fault::Refuse).await;
}

/// Nobody sees the page, and browsers let its timers run once a second.
pub async fn a_hidden_page_s_process_is_killed_while_the_collector_is_away(stage: &Stage) {
    const LONGEST: Duration = Duration::from_secs(4);
    let browser = Browser::open(stage.engine).await;
    let mut kills = Kills::default();
    for turn in 0..RUNS {
        let run = format!("run-{turn}");
        let before = browser.new_tab().await;
        stage.open(&browser, "marks", "").await;
        browser.promised("waymark('flush')").await;
        let page = process_of_page(&browser).await;
        // A tab that WebKit's driver opens is one in the background.
        if stage.engine != Engine::Webkit {
            browser.minimize().await;
        }
        browser.wait_for("document.visibilityState === 'hidden'").await;
        stage.net.set(Fault::Refuse).await;
        let mut made_at = Vec::new();
        while made_at.first().is_none_or(|first| process::now() - first < PACED.as_millis() as i64) {
            let number = made_at.len();
            browser.run("mark(...arguments)", &[json!(run), json!(number), json!(number + 1)]).await;
            made_at.push(process::now());
            tokio::time::sleep(Duration::from_millis(EVERY_MS as u64)).await;
        }
        let killed = process::kill(&[page]);
        browser.leave_dead_tab(before).await;
        if stage.engine != Engine::Webkit {
            browser.resize(1280, 900).await;
        }
        stage.net.set(Fault::None).await;
        stage.open(&browser, "marks", "").await;
        let tally = stage.settle(&run, made_at.len() as u32, taken_over_within(stage.engine)).await;
        kills.windows.push(tally.missing.first().map_or(0, |number| killed - made_at[*number as usize]));
        kills.tally.add(tally);
    }
    kills.conclude(stage, LONGEST).await;
}

async fn kill_browsers(stage: &Stage, fault: Fault, paced: [Duration; RUNS as usize]) {
    let mut kills = Kills::default();
    for (turn, paced) in paced.into_iter().enumerate() {
        let run = format!("run-{turn}");
        let profile = stage.folder.join(&run);
        std::fs::create_dir_all(&profile).unwrap();
        if stage.engine == Engine::Webkit {
            let (browser, began) = begin_undriven(stage, &profile, &run, fault, paced).await;
            let killed = kill_all(browser.0.id());
            drop(browser);
            stage.net.set(Fault::None).await;
            let _browser = Undriven::open(&profile, &stage.page("marks", "settings={}"));
            kills.count(stage, &run, began, killed).await;
        } else {
            let browser = Browser::open_with(stage.engine, Some(&profile)).await;
            stage.open(&browser, "marks", "").await;
            stage.net.set(fault).await;
            let began = pace(&browser, &run, paced).await;
            let killed = kill_all(browser.pid());
            drop(browser);
            stage.net.set(Fault::None).await;
            let browser = Browser::open_with(stage.engine, Some(&profile)).await;
            stage.open(&browser, "marks", "").await;
            kills.count(stage, &run, began, killed).await;
        }
    }
    kills.conclude(stage, longest_unwritten(stage.engine)).await;
}

fn kill_all(root: u32) -> i64 {
    let pids: Vec<u32> = process::browsers(root).iter().map(|process| process.pid).collect();
    assert!(!pids.is_empty(), "no browser was found below {root}");
    process::kill(&pids)
}

pub async fn the_browser_is_killed(stage: &Stage) {
    kill_browsers(stage, Fault::None, [PACED; RUNS as usize]).await;
}

pub async fn the_browser_is_killed_while_the_collector_is_away(stage: &Stage) {
    // How long a browser leaves things unwritten depends on how much it has written.
    kill_browsers(stage, Fault::Refuse, [3, 10, 30, 50, 70].map(Duration::from_secs)).await;
}

/// A browser that WebKit's driver starts keeps nothing on disk: here it is one that nobody drives.
struct Undriven(Child);

impl Undriven {
    fn open(profile: &Path, url: &str) -> Self {
        const GUARD: &str = r#"
"$@" </dev/null >/dev/null 2>&1 &
cat >/dev/null
kill -TERM $! 2>/dev/null
"#;
        let versions = ["4.0", "4.1", "6.0"].map(|version| format!("webkit2gtk-{version}/MiniBrowser"));
        let folders = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
        let programs = folders.flat_map(|folder| versions.each_ref().map(|version| folder.join(version)));
        let program = programs.into_iter().find(|path| path.is_file()).expect("MiniBrowser");
        let mut command = Command::new("sh");
        command.arg("-c").arg(GUARD).arg("guard").arg(program).arg(url);
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, profile);
        }
        Self(command.stdin(Stdio::piped()).spawn().expect("a shell"))
    }
}

impl Drop for Undriven {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// A browser that has recorded for some time, and when it began.
async fn begin_undriven(stage: &Stage, profile: &Path, run: &str, fault: Fault, paced: Duration) -> (Undriven, i64) {
    let query = format!("settings={{}}&marks={run},100000,{EVERY_MS}");
    let browser = Undriven::open(profile, &stage.page("marks", &query));
    // The page tells it to its own site.
    let told = format!("/began/{run}/");
    let began = until(PATIENCE, async || {
        stage.site.requests().iter().find_map(|request| request.path.strip_prefix(&told)?.parse::<i64>().ok())
    });
    let began = began.await.expect("a page that records");
    stage.net.set(fault).await;
    wait_until(began + paced.as_millis() as i64).await;
    (browser, began)
}
