//! A browser in a test's hand. Tests of one engine share one session, one after the other; each finds it without
//! cookies, in a single window on a page that records nothing.

mod input;

use std::fmt::Debug;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::wd::TimeoutConfiguration;
pub use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::driver::Driver;
use crate::engine::Engine;
use crate::world::World;
use crate::{http, runtime, scratch, until};

/// How long a browser may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);
const STARTING: Duration = Duration::from_secs(90);

/// A session in a real browser, driven by WebDriver.
pub struct Browser {
    /// The engine of the session.
    pub engine: Engine,
    client: Client,
    driver: Driver,
}

static SESSIONS: [Mutex<Option<Browser>>; 3] = [const { Mutex::const_new(None) }; 3];

/// Runs a test in the engine's shared session and a world of its own.
pub fn on_stage(engine: Engine, test: impl AsyncFnOnce(&Browser, &World)) {
    in_session(engine, async |browser| {
        let world = World::start().await;
        browser.forget_cookies(&world.page("pages/none")).await;
        test(browser, &world).await;
    });
}

/// Runs a test in the engine's shared session.
pub fn in_session(engine: Engine, test: impl AsyncFnOnce(&Browser)) {
    let mut session = SESSIONS[engine as usize].blocking_lock();
    let is_fit = session.as_ref().is_some_and(|browser| runtime().block_on(browser.is_blank()));
    if !is_fit {
        // Ends the old one, should there be one, before the new one begins.
        *session = None;
        *session = Some(runtime().block_on(Browser::open(engine)));
    }
    let browser = session.as_ref().unwrap();
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| runtime().block_on(test(browser))));
    if let Err(panic) = result {
        runtime().block_on(browser.say_what_is_seen());
        drop(session);
        std::panic::resume_unwind(panic);
    }
}

/// Runs a test that has sessions of its own, while no other test of the engine runs.
pub fn alone(engine: Engine, test: impl AsyncFnOnce()) {
    let mut session = SESSIONS[engine as usize].blocking_lock();
    *session = None;
    runtime().block_on(test());
}

impl Browser {
    /// Starts the driver and opens a session.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, None).await
    }

    /// A session with a profile that may have been used before.
    pub async fn open_with(engine: Engine, profile: Option<&Path>) -> Self {
        let driver = Driver::start(engine);
        let is_ready = until(STARTING, async || http::get(&format!("{}/status", driver.url())).await.ok()).await;
        assert!(is_ready.is_some(), "{:?} does not answer: {}", engine.driver(), driver.log());

        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(engine.capabilities(driver.folder(), profile));
        let url = driver.url();
        let client = match tokio::time::timeout(STARTING, builder.connect(&url)).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("{engine:?} opens no session: {error}\n{}", driver.log()),
            Err(_) => panic!("{engine:?} opens no session in {STARTING:?}\n{}", driver.log()),
        };
        let browser = Self { engine, client, driver };
        let timeouts = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), Some(Duration::ZERO));
        browser.ask("set timeouts", browser.client.update_timeouts(timeouts)).await;
        browser
    }

    /// Leaves nothing of the last test; false when that does not work.
    async fn is_blank(&self) -> bool {
        let cleaned = async {
            let windows = self.client.windows().await?;
            for window in windows.iter().skip(1) {
                self.client.switch_to_window(window.clone()).await?;
                self.client.close_window().await?;
            }
            if let Some(first) = windows.first() {
                self.client.switch_to_window(first.clone()).await?;
            }
            if self.client.current_url().await?.scheme() == "http" {
                self.client.delete_all_cookies().await?;
                self.client.execute("localStorage.clear(); sessionStorage.clear()", Vec::new()).await?;
            }
            self.client.goto("about:blank").await
        };
        matches!(tokio::time::timeout(PATIENCE, cleaned).await, Ok(Ok(())))
    }

    /// Cookies are the host's, for all ports: a page that was left may have set some last. `page` is any of the
    /// host.
    pub async fn forget_cookies(&self, page: &str) {
        self.goto(page).await;
        self.ask("delete the cookies", self.client.delete_all_cookies()).await;
    }

    /// Opens the page and waits for it to load.
    pub async fn goto(&self, url: &str) {
        self.ask(&format!("goto {url}"), self.client.goto(url)).await;
    }

    /// The process that the browser and all of its processes descend from.
    pub fn pid(&self) -> u32 {
        self.driver.pid()
    }

    /// Where the page is that is seen.
    pub async fn url(&self) -> String {
        self.ask("its address", self.client.current_url()).await.into()
    }

    /// Runs the body of a function in the page; `arguments[0]` and so on are `arguments`.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.ask(script, self.client.execute(script, arguments.to_vec())).await
    }

    /// Waits for what an expression of the page promises.
    pub async fn promised(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             Promise.resolve().then(() => {expression}).then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let outcome = self.ask(expression, self.client.execute_async(&script, Vec::new())).await;
        assert!(outcome.get("error").is_none(), "{expression} was rejected: {}", outcome["error"]);
        outcome["value"].clone()
    }

    /// Waits until an expression of the page is true.
    #[track_caller]
    pub fn wait_for<'a>(&'a self, expression: &'a str) -> impl Future<Output = Value> + 'a {
        self.wait_so_long_for(expression, PATIENCE)
    }

    /// Waits until an expression of the page is true, which may take so long.
    #[track_caller]
    pub fn wait_so_long_for<'a>(&'a self, expression: &'a str, patience: Duration) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let script = format!("return {expression}");
            let is_true = |value: &Value| {
                !matches!(value, Value::Null | Value::Bool(false)) && *value != json!("") && *value != json!(0)
            };
            let seen = until(patience, async || {
                let value = self.client.execute(&script, Vec::new()).await.ok()?;
                is_true(&value).then_some(value)
            });
            match seen.await {
                Some(value) => value,
                None => panic!("{caller}: `{expression}` did not come true in {patience:?}"),
            }
        }
    }

    /// Opens a tab and goes there; the window that was seen before.
    pub async fn new_tab(&self) -> WindowHandle {
        let before = self.ask("the window", self.client.window()).await;
        let opened = self.ask("a new tab", self.client.new_window(true)).await;
        self.ask("go to the tab", self.client.switch_to_window(opened.handle)).await;
        before
    }

    /// Looks at another tab.
    pub async fn switch_to(&self, window: WindowHandle) {
        self.ask("switch to the tab", self.client.switch_to_window(window)).await;
    }

    /// The tab that is seen.
    pub async fn window(&self) -> WindowHandle {
        self.ask("the window", self.client.window()).await
    }

    /// Tries something that a dead page cannot do any more.
    pub async fn try_run(&self, script: &str) -> Option<Value> {
        tokio::time::timeout(PATIENCE, self.client.execute(script, Vec::new())).await.ok()?.ok()
    }

    /// Closes the tab that is seen and goes back to `before`.
    pub async fn close_tab(&self, before: WindowHandle) {
        self.ask("close the tab", self.client.close_window()).await;
        self.ask("go back", self.client.switch_to_window(before)).await;
    }

    /// Looks at another tab, should it still be there.
    pub async fn try_switch_to(&self, window: WindowHandle) -> bool {
        matches!(tokio::time::timeout(PATIENCE, self.client.switch_to_window(window)).await, Ok(Ok(())))
    }

    /// Closes the tab that is seen and whose page is dead, and goes to `before` or, should that have died with it, to a
    /// new tab. WebKit's driver ends with anything else that is asked of such a tab.
    pub async fn leave_dead_tab(&self, before: WindowHandle) {
        let _ = tokio::time::timeout(PATIENCE, self.client.close_window()).await;
        if !self.try_switch_to(before).await {
            let windows = self.ask("the windows", self.client.windows()).await;
            self.switch_to(windows.first().expect("a window").clone()).await;
            self.new_tab().await;
        }
    }

    /// Takes the window out of sight; [`Browser::resize`] brings it back.
    pub async fn minimize(&self) {
        self.ask("minimize", self.client.minimize_window()).await;
    }

    /// Resizes the window, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.ask("resize", self.client.set_window_size(width, height)).await;
    }

    /// A command of Chromium's own protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let session = self.ask("the session", self.client.session_id()).await.unwrap_or_default();
        let url = format!("{}/session/{session}/goog/cdp/execute", self.driver.url());
        let response = http::post(&url, json!({ "cmd": command, "params": params }).to_string()).await.unwrap();
        assert_eq!(response.status, 200, "{command}: {}", response.body);
        serde_json::from_str::<Value>(&response.body).unwrap()["value"].clone()
    }

    /// The window as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.ask("a picture", self.client.screenshot()).await
    }

    async fn ask<T, E: Debug>(&self, what: &str, asked: impl Future<Output = Result<T, E>>) -> T {
        match tokio::time::timeout(PATIENCE * 2, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => panic!("{:?}, {what}: {error:?}", self.engine),
            Err(_) => panic!("{:?}, {what}: no answer in {:?}", self.engine, PATIENCE * 2),
        }
    }

    /// For the reader of a failed test: the page's address and a picture of it.
    async fn say_what_is_seen(&self) {
        let seen = async {
            let url = self.client.current_url().await?;
            let picture = self.client.screenshot().await?;
            Ok::<_, CmdError>((url, picture))
        };
        if let Ok(Ok((url, picture))) = tokio::time::timeout(PATIENCE, seen).await {
            let name = format!("failed-{:?}.png", self.engine).to_lowercase();
            let path = scratch().join(name);
            std::fs::write(&path, picture).unwrap();
            eprintln!("{:?} was at {url}; {} shows it", self.engine, path.display());
        }
    }
}
