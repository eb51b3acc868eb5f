//! A world of its own for each test: a collector and a site, both real, on free ports. Another port is another origin,
//! so that no test finds what another one stored in its browser.

use std::fs;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use waymark_collector::cli::static_site;
use waymark_collector::{Admin, Collector, Config, Secret, Site};

use crate::{http, project, scratch, until};

const PATIENCE: Duration = Duration::from_secs(20);

/// What the pages under www/pages say where a world has its own collector.
const WRITTEN_COLLECTOR: &str = "http://127.0.0.1:8787";
/// What they say where a site has the snippet's text.
const WRITTEN_SNIPPET: &str = "<script src=\"http://127.0.0.1:8787/snippet.js\"></script>";
/// The collector that stands in the snippet's text until a site owner writes another.
const PASTED_COLLECTOR: &str = "https://collect.example.com";

/// A collector and a site of one test.
pub struct World {
    folder: PathBuf,
    collector: SocketAddr,
    site: SocketAddr,
    serving: Mutex<Option<Serving>>,
    /// The site's, as TOML.
    settings: Mutex<String>,
    /// The site's; none: any.
    origins: Mutex<Vec<String>>,
    tokens: Mutex<Option<Tokens>>,
    // Dropping it ends the site.
    _site_end: oneshot::Sender<()>,
}

/// What opens the collector, which is open to this machine without them.
#[derive(Clone, Copy)]
struct Tokens {
    admin: &'static str,
    /// Opens the insights of the site `demo`.
    read: &'static str,
}

struct Serving {
    end: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl World {
    /// Starts both on free ports.
    pub async fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("world-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = scratch().join(name);
        fs::create_dir_all(folder.join("pages")).unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let collector = listener.local_addr().unwrap();
        let serving = serve(&folder, listener, "", &[], None);

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = listener.local_addr().unwrap();
        let (site_end, ended) = oneshot::channel::<()>();
        let folders =
            vec![folder.clone(), project().join("www"), project().join("target/site"), project().join("target/pages")];
        tokio::spawn(async move {
            let ended = async { drop(ended.await) };
            static_site::serve(folders, listener, ended).await.unwrap();
        });
        let world = Self {
            folder,
            collector,
            site,
            serving: Mutex::new(Some(serving)),
            settings: Mutex::default(),
            origins: Mutex::default(),
            tokens: Mutex::default(),
            _site_end: site_end,
        };
        write_pages(&world.folder.join("pages"), &world.collector());
        world
    }

    /// Serves a text as `pages/<name>`, made this world's own: its collector, and the snippet's text in place.
    pub fn add_page(&self, name: &str, text: &str) {
        write_page(&self.folder.join("pages").join(name), text, &self.collector());
    }

    /// Gives every page of www/pages a policy that refuses wasm.
    pub fn forbid_wasm(&self) {
        const HEAD: &str = "<meta charset=\"utf-8\">";
        const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" \
                              content=\"script-src 'self' 'unsafe-inline' http:\">";
        for entry in fs::read_dir(self.pages()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "html") {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, text.replace(HEAD, &format!("{HEAD}{POLICY}"))).unwrap();
            }
        }
    }

    /// The folder of the pages.
    pub fn pages(&self) -> PathBuf {
        self.folder.join("pages")
    }

    /// The collector's address.
    pub fn collector(&self) -> String {
        format!("http://{}", self.collector)
    }

    /// The address of a page of www.
    pub fn page(&self, path: &str) -> String {
        format!("http://{}/{path}", self.site)
    }

    /// The address of a page of www/demo, told to report here.
    pub fn demo(&self, path: &str) -> String {
        format!("http://{}/demo/{path}?collector={}", self.site, self.collector())
    }

    /// Ends the collector; what it stored stays.
    pub async fn stop_collector(&self) {
        let serving = self.serving.lock().await.take().expect("a collector that runs");
        drop(serving.end);
        serving.done.await.unwrap();
    }

    /// Starts it again, where it was.
    pub async fn start_collector(&self) {
        let bound = until(PATIENCE, async || TcpListener::bind(self.collector).await.ok()).await;
        let listener = bound.expect("the collector's port");
        let (settings, origins, tokens) =
            (self.settings.lock().await, self.origins.lock().await, *self.tokens.lock().await);
        *self.serving.lock().await = Some(serve(&self.folder, listener, &settings, &origins, tokens));
    }

    /// From here on the site's owner wants it like this. Browsers that have asked keep to the old for a minute.
    pub async fn set_site(&self, settings: &str) {
        settings.clone_into(&mut *self.settings.lock().await);
        self.stop_collector().await;
        self.start_collector().await;
    }

    /// From here on the site takes events from pages of these origins only; from any where there are none.
    pub async fn set_origins(&self, origins: &[&str]) {
        *self.origins.lock().await = origins.iter().map(|origin| (*origin).to_owned()).collect();
        self.stop_collector().await;
        self.start_collector().await;
    }

    /// From here on the collector is locked: `admin` opens all of it, `read` the insights of the site.
    pub async fn set_tokens(&self, admin: &'static str, read: &'static str) {
        *self.tokens.lock().await = Some(Tokens { admin, read });
        self.stop_collector().await;
        self.start_collector().await;
    }

    /// All that is stored, in the order it came.
    pub async fn events(&self) -> Vec<Value> {
        let export = http::get(&format!("{}/v1/events", self.collector())).await.unwrap();
        assert_eq!(export.status, 200, "{}", export.body);
        export.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Whether the collector's files hold a text anywhere.
    pub fn is_stored(&self, text: &str) -> bool {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let has = |file: PathBuf| fs::read(file).unwrap().windows(text.len()).any(|part| part == text.as_bytes());
        files.filter(|path| path.is_file()).any(has)
    }

    /// Waits until what is stored is as it should be, and returns it.
    #[track_caller]
    pub fn wait_for<'a>(&'a self, is_so: impl Fn(&[Value]) -> bool + 'a) -> impl Future<Output = Vec<Value>> + 'a {
        let caller = Location::caller();
        async move {
            let stored = until(PATIENCE, async || {
                let events = self.events().await;
                is_so(&events).then_some(events)
            });
            match stored.await {
                Some(events) => events,
                None => {
                    panic!("{caller}: it did not come in {PATIENCE:?}; stored are\n{}", lines(&self.events().await))
                }
            }
        }
    }

    /// Waits until the one row of the audit is as it should be.
    #[track_caller]
    pub fn wait_for_audit<'a>(&'a self, is_so: impl Fn(&Value) -> bool + 'a) -> impl Future<Output = Value> + 'a {
        let caller = Location::caller();
        async move {
            let row = async || {
                let audit = http::get(&format!("{}/v1/audit", self.collector())).await.unwrap();
                serde_json::from_str::<Value>(&audit.body).unwrap()[0].clone()
            };
            let seen = until(PATIENCE, async || Some(row().await).filter(|row| is_so(row))).await;
            match seen {
                Some(row) => row,
                None => panic!("{caller}: it did not come in {PATIENCE:?}; the audit says {}", row().await),
            }
        }
    }

    /// Waits for events of these kinds, in this order, and nothing else.
    #[track_caller]
    pub fn wait_for_kinds<'a>(&'a self, kinds: &'a [&'a str]) -> impl Future<Output = Vec<Value>> + 'a {
        self.wait_for(move |events| events.iter().map(kind).eq(kinds.iter().copied()))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Writes every page of www/pages into `folder`, to report to `collector`.
pub fn write_pages(folder: &Path, collector: &str) {
    for entry in fs::read_dir(project().join("www/pages")).unwrap() {
        let path = entry.unwrap().path();
        write_page(&folder.join(path.file_name().unwrap()), &fs::read_to_string(&path).unwrap(), collector);
    }
}

fn write_page(file: &Path, text: &str, collector: &str) {
    let snippet = fs::read_to_string(project().join("target/dist/snippet.js")).unwrap();
    assert!(snippet.contains(PASTED_COLLECTOR), "the snippet names no collector: {snippet}");
    let snippet = snippet.replace(PASTED_COLLECTOR, collector);
    let text = text.replace(WRITTEN_SNIPPET, &format!("<script>{snippet}</script>"));
    fs::write(file, text.replace(WRITTEN_COLLECTOR, collector)).unwrap();
}

/// What the site's server signs its users with.
fn secret() -> Secret {
    Secret::from("thirty-two bytes of a secret, or more".to_owned())
}

/// The site's server says who the user is.
pub fn signature(user: &str) -> String {
    secret().sign("demo", user)
}

/// An event's `type`.
pub fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

fn serve(folder: &Path, listener: TcpListener, settings: &str, origins: &[String], tokens: Option<Tokens>) -> Serving {
    let assets = project().join("target/dist");
    assert!(assets.join("waymark.js").is_file(), "there is no recorder in target/dist: run `cargo xtask build` first");
    let mut config = Config { assets: Some(assets), store: folder.join("events.db"), ..Config::demo() };
    let account = config.sites[0].account.clone();
    config.sites.extend(["site-a", "site-b"].map(|key| Site::new(key, &account)));
    for site in &mut config.sites {
        site.settings = waymark_collector::read_settings(settings).unwrap();
        site.origins = origins.to_vec();
        site.state_secrets = vec![secret()];
    }
    if let Some(Tokens { admin, read }) = tokens {
        config.admin = Admin::Token(admin.to_owned().into());
        config.sites[0].read_token = Some(read.to_owned().into());
    }
    let collector = Collector::open(config).unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let done = tokio::spawn(async move {
        let ended = async { drop(ended.await) };
        collector.serve(listener, ended).await.unwrap();
    });
    Serving { end, done }
}
