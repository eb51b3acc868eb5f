//! What an operator can say, every key of it: one TOML file, four environment variables over it, defaults below both.
//! In: text. Out: a [`Config`] that was checked as a whole, or an error that shows where and what is allowed.
//! Never a second place where a default or a key stands.

mod collect;
mod operation;
mod proxies;
mod site;
mod token;

pub use collect::Collect;
pub use operation::{SecurityLog, Tls};
pub use proxies::{NotARange, ProxyHeader, Range};
pub use site::Site;
pub use token::{Admin, Token};

use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use waymark_wire::Level;

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address and port to listen on, `127.0.0.1:8787` by default.
    pub listen: SocketAddr,
    /// The certificate of this address. Without one, connections are not encrypted, which is then the business of a proxy in
    /// front.
    pub tls: Option<Tls>,
    /// The SQLite file that keeps the events, `waymark.db` by default; `:memory:` keeps them until the program ends.
    pub store: PathBuf,
    /// The directory with the recorder's files, served to host pages. Without it those addresses are 404.
    pub assets: Option<PathBuf>,
    /// The secret that opens export, live stream and inspector. Without it they are closed.
    #[serde(rename = "admin_token")]
    pub admin: Admin,
    /// Addresses of the proxies in front, or ranges such as `10.0.0.0/8`: they are believed when they say whom they
    /// had before them, and nobody else is. None by default.
    pub proxies: Vec<Range>,
    /// In which header they say it, `x-forwarded-for` by default; the other is not looked at.
    pub proxy_header: ProxyHeader,
    /// The MaxMind DB file that says where addresses are. Without it events have no `server.place`.
    pub geoip: Option<PathBuf>,
    /// The log with whole addresses.
    pub security_log: SecurityLog,
    /// Bounds of what is taken.
    pub limits: Limits,
    /// The sites whose events are taken.
    pub sites: Vec<Site>,
}

/// Bounds of what is taken, in bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most of a request's body as it comes, 1 MiB by default.
    pub body_bytes: usize,
    /// The most of a body once decompressed, 1 MiB by default.
    pub decompressed_bytes: usize,
    /// The most of one event as it is stored, what it shares with its neighbours included, 64 KiB by default.
    pub event_bytes: usize,
    /// The most of a batch's events together as they are stored, 16 MiB by default: a batch says once what each of
    /// its events then repeats.
    pub batch_bytes: usize,
    /// The most that may wait to be written before senders are told to come back later, 64 MiB by default.
    pub queue_bytes: usize,
    /// What must be free on the store's disk for the collector to call itself ready, 64 MiB by default.
    pub disk_bytes: u64,
}

/// Why a configuration is not one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {error}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file's text is not a configuration: unknown key, wrong type, no TOML.
    #[error("{}: {error}", file.display())]
    Text {
        /// Which file.
        file: PathBuf,
        /// Which line, what is wrong with it, and what is allowed.
        error: Box<toml::de::Error>,
    },
    /// One of the sites is not as it must be.
    #[error("site {site}: {why}")]
    Site {
        /// Its key, or its place among the sites.
        site: String,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// A value is not as it must be.
    #[error("{key}: {why}")]
    Value {
        /// The key or the environment variable.
        key: &'static str,
        /// What is wrong and what is allowed.
        why: String,
    },
}

const MIB: usize = 1 << 20;

/// The most that a size may be set to: what one `u32` counts.
const MOST_BYTES: usize = 1 << 31;

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)),
            tls: None,
            store: PathBuf::from("waymark.db"),
            assets: None,
            admin: Admin::Closed,
            proxies: Vec::new(),
            proxy_header: ProxyHeader::default(),
            geoip: None,
            security_log: SecurityLog::default(),
            limits: Limits::default(),
            sites: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: MIB,
            decompressed_bytes: MIB,
            event_bytes: MIB / 16,
            batch_bytes: 16 * MIB,
            queue_bytes: 64 * MIB,
            disk_bytes: 64 << 20,
        }
    }
}

impl Config {
    /// The configuration of the demo: one site `demo`, any origin, in memory, and open to whoever is on this machine.
    pub fn demo() -> Self {
        let demo = Site {
            key: "demo".to_owned(),
            account: "3210be7ad82f403298f7c4da065ec657".to_owned(),
            name: "Demo".to_owned(),
            origins: Vec::new(),
            level: Level::Engagement,
            collect: Collect::default(),
            retention_days: site::retention_days(),
        };
        Config {
            store: PathBuf::from(":memory:"),
            admin: Admin::Open,
            security_log: SecurityLog::off(),
            sites: vec![demo],
            ..Config::default()
        }
    }

    /// Reads `file`, where there is one, then lets `variable` (the environment) override it.
    ///
    /// # Errors
    /// [`ConfigError`] in words for the operator.
    pub fn load(file: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut config = match file {
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| ConfigError::File { file: file.to_owned(), error })?;
                toml::from_str(&text)
                    .map_err(|error| ConfigError::Text { file: file.to_owned(), error: Box::new(error) })?
            }
            None => Config::default(),
        };
        if let Some(listen) = variable("WAYMARK_LISTEN") {
            config.listen = listen.parse().map_err(|_| ConfigError::Value {
                key: "WAYMARK_LISTEN",
                why: format!("`{listen}` is not an address and port, such as 127.0.0.1:8787"),
            })?;
        }
        if let Some(store) = variable("WAYMARK_STORE") {
            config.store = store.into();
        }
        if let Some(assets) = variable("WAYMARK_ASSETS") {
            config.assets = Some(assets.into());
        }
        if let Some(token) = variable("WAYMARK_ADMIN_TOKEN") {
            config.admin = Admin::Token(Token::from(token));
        }
        config.check()?;
        Ok(config)
    }

    /// Whether it makes sense as a whole.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key or the site.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        if self.store.as_os_str().is_empty() {
            return wrong("store", "must be a file's path or `:memory:`");
        }
        let SecurityLog { on, dir, days } = &self.security_log;
        if *on && (dir.as_os_str().is_empty() || *days == 0) {
            return wrong("security_log", "dir must not be empty and days at least 1; set on = false to write none");
        }
        if let Admin::Token(token) = &self.admin
            && token.is_empty()
        {
            return wrong("admin_token", "must not be empty; leave it out to keep export and inspector closed");
        }
        let Limits { body_bytes, decompressed_bytes, event_bytes, batch_bytes, queue_bytes, .. } = self.limits;
        for (key, bytes) in [
            ("limits.body_bytes", body_bytes),
            ("limits.decompressed_bytes", decompressed_bytes),
            ("limits.event_bytes", event_bytes),
            ("limits.batch_bytes", batch_bytes),
            ("limits.queue_bytes", queue_bytes),
        ] {
            if !(1..=MOST_BYTES).contains(&bytes) {
                return wrong(key, "must be from 1 to 2147483648");
            }
        }
        if queue_bytes < batch_bytes {
            return wrong("limits.queue_bytes", "must be at least limits.batch_bytes, or no batch could wait");
        }
        site::check_all(&self.sites)
    }
}
