//! Where a scenario plays: pages and a collector, each behind a [`Proxy`]; and what is written down of how it ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use waymark_collector::cli::static_site;

use crate::SCENARIOS;
use crate::collector::Collector;
use crate::marks::Tally;
use crate::proxy::{Proxy, Request};
use support::browser::{Browser, alone, in_session};
use support::engine::Engine;
use support::{until, world};

/// How long a next visit may take to deliver what an earlier one left.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How many marks a run has that has no reason for another number.
pub const MARKS: u32 = 50;

pub struct Stage {
    pub engine: Engine,
    pub scenario: &'static str,
    pub folder: PathBuf,
    /// In front of the pages.
    pub site: Proxy,
    /// In front of the collector.
    pub net: Proxy,
    pub collector: Collector,
    // Dropping it ends the pages.
    _site_end: oneshot::Sender<()>,
}

/// Plays a scenario in the engine's shared session.
pub fn play(engine: Engine, scenario: &'static str, test: impl AsyncFnOnce(&Browser, &Stage)) {
    in_session(engine, async |browser| {
        let stage = Stage::set(engine, scenario).await;
        browser.forget_cookies(&stage.page("none", "")).await;
        test(browser, &stage).await;
    });
}

/// Plays a scenario that opens its own sessions.
pub fn play_alone(engine: Engine, scenario: &'static str, test: impl AsyncFnOnce(&Stage)) {
    alone(engine, async || {
        let stage = Stage::set(engine, scenario).await;
        test(&stage).await;
    });
}

impl Stage {
    async fn set(engine: Engine, scenario: &'static str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("stage-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = support::scratch().join(name);
        fs::create_dir_all(folder.join("pages")).unwrap();

        let collector = Collector::start(&folder).await;
        let net = Proxy::start(collector.address()).await;
        world::write_pages(&folder.join("pages"), &format!("http://{}", net.address()));

        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let recorder = project.join("target/dist");
        assert!(recorder.join("waymark.js").is_file(), "no recorder in target/dist: run `cargo xtask build` first");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Proxy::start(listener.local_addr().unwrap()).await;
        let (site_end, ended) = oneshot::channel::<()>();
        let folders = vec![folder.clone(), project.join("www"), recorder];
        tokio::spawn(async move {
            let ended = async { drop(ended.await) };
            static_site::serve(folders, listener, ended).await.unwrap();
        });
        let stage = Self { engine, scenario, folder, site, net, collector, _site_end: site_end };
        stage.write(json!({ "is_met": false, "remark": "did not come to an end" }));
        stage
    }

    /// The address of a page of www/pages.
    pub fn page(&self, name: &str, query: &str) -> String {
        format!("http://{}/pages/{name}.html?{query}", self.site.address())
    }

    /// Goes to a page that records.
    pub async fn open(&self, browser: &Browser, name: &str, query: &str) {
        browser.goto(&self.page(name, &format!("settings={{}}&{query}"))).await;
        browser.wait_for("window.mark").await;
        // It has started: until the site's settings are known, calls wait in the page and are gone with it.
        browser.promised("waymark('inspect')").await;
    }

    /// Records these marks.
    pub async fn mark(&self, browser: &Browser, from: u32, to: u32) {
        browser.run("mark(...arguments)", &[json!(self.scenario), json!(from), json!(to)]).await;
    }

    /// What became of the marks up to now.
    pub async fn tally(&self, run: &str, made: u32) -> Tally {
        let mut tally = Tally::of(run, made, &self.collector.events().await);
        tally.explain(self.collector.audit().await.as_deref());
        tally.duplicates = self.net.batches().iter().map(Request::duplicates).sum();
        tally
    }

    /// Waits until all of them are stored or `patience` is over; what became of them.
    pub async fn settle(&self, run: &str, made: u32, patience: Duration) -> Tally {
        let is_all = async || {
            let tally = Tally::of(run, made, &self.collector.events().await);
            tally.missing.is_empty().then_some(())
        };
        until(patience, is_all).await;
        self.tally(run, made).await
    }

    /// The next visit of the site, which delivers what earlier ones have left.
    pub async fn visit(&self, browser: &Browser, made: u32) -> Tally {
        self.open(browser, "marks", "").await;
        self.settle(self.scenario, made, PATIENCE).await;
        self.empty(browser).await;
        self.tally(self.scenario, made).await
    }

    /// Waits until the browser keeps nothing unsent, or patience is over: until then something may be sent twice.
    pub async fn empty(&self, browser: &Browser) -> bool {
        let script = "return !Object.keys(localStorage).some((key) => key.startsWith('wm-out.'))";
        let is_empty = async || (browser.try_run(script).await == Some(Value::Bool(true))).then_some(());
        until(PATIENCE, is_empty).await.is_some()
    }

    /// Every mark is stored once, but for so many that may be missing.
    #[track_caller]
    pub fn conclude(&self, tally: &Tally, allowed: u32, remark: &str) {
        self.conclude_as(tally, tally.missing.len() as u32 <= allowed && tally.twice == 0, remark);
    }

    /// As [`Stage::conclude`], by the scenario's own judgement.
    #[track_caller]
    pub fn conclude_as(&self, tally: &Tally, is_met: bool, remark: &str) {
        let mut row = tally.members();
        row["is_met"] = json!(is_met);
        row["remark"] = json!(remark);
        self.write(row);
        assert!(is_met, "{:?}, {}: {remark}: {tally:?}\n{}", self.engine, self.scenario, self.requests());
    }

    /// This engine has no way to play it.
    pub fn cannot(&self, why: &str) {
        self.write(json!({ "is_met": true, "remark": why }));
    }

    fn write(&self, mut row: Value) {
        let order = SCENARIOS.iter().position(|name| *name == self.scenario);
        let engine = format!("{:?}", self.engine).to_lowercase();
        let name = format!("{}-{engine}.json", self.scenario);
        row["scenario"] = json!(self.scenario);
        row["engine"] = json!(engine);
        row["order"] = json!(order);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/faults");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), format!("{row}\n")).unwrap();
    }

    /// For the reader of a failed test.
    fn requests(&self) -> String {
        let requests = self.net.requests();
        let first = requests.first().map(|request| request.at);
        let line = |request: &Request| {
            let at = first.map_or(0, |first| request.at.duration_since(first).as_millis());
            let (status, body) = (request.answer.lines().next(), request.answer.lines().last());
            let Request { method, path, bytes, fault, .. } = request;
            let answer = format!("{} {}", status.unwrap_or("no answer"), body.unwrap_or_default());
            format!("  {at} ms: {method} {path}, {bytes} bytes, {fault:?}: {answer}\n")
        };
        requests.iter().map(line).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
