//! The configuration: one TOML file, five environment variables that override it, and the defaults. In: text. Out: a
//! checked [`Config`], or an error with the place and what is allowed. Keys and defaults are defined only here.

mod account;
mod error;
mod limits;
mod operation;
mod origin;
mod proxies;
mod secret;
mod settings;
mod site;
mod token;
mod warning;

pub use account::{Account, Endpoints};
pub use error::ConfigError;
pub use limits::Limits;
pub(crate) use limits::Rate;
pub use operation::{SecurityLog, Tls};
pub use proxies::{NotARange, ProxyHeader, Range};
pub use secret::Secret;
pub use settings::read_settings;
pub use site::Site;
pub use token::{Admin, Token};
pub use warning::Warning;
pub use waymark_wire::settings::{Region, Settings};

use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen on. Default: `127.0.0.1:8787`.
    pub listen: SocketAddr,
    /// TLS certificate and key. Without them connections are not encrypted, and a proxy in front must do it.
    pub tls: Option<Tls>,
    /// SQLite file for the events. Default: `waymark.db`. `:memory:` keeps events until the program ends.
    pub store: PathBuf,
    /// Directory of the recorder's files for host pages. Without it those URLs are 404.
    pub assets: Option<PathBuf>,
    /// Secret for export, live stream and inspector. Without it they are disabled.
    #[serde(rename = "admin_token")]
    pub admin: Admin,
    /// Trusted proxies: addresses, or ranges such as `10.0.0.0/8`. Only their forwarded client addresses are used.
    /// Default: none.
    pub proxies: Vec<Range>,
    /// Header with the client address. Default: `x-forwarded-for`. The other header is ignored.
    pub proxy_header: ProxyHeader,
    /// MaxMind DB file for locations. Without it events have no `server.place`.
    pub geoip: Option<PathBuf>,
    /// Security log, with full client addresses.
    pub security_log: SecurityLog,
    /// Address and port of a listener of its own for export, live stream and inspector. They are then nowhere else. A
    /// token is required unless it is a loopback address.
    pub admin_listen: Option<SocketAddr>,
    /// URL of this collector for pages, such as `https://collect.example.com`.
    pub public_url: Option<String>,
    /// Data centre of this collector. Default: that of the accounts. Required if accounts or endpoints
    /// are in more than one.
    pub region: Option<Region>,
    /// URL of each data centre, for requests that came to the wrong one.
    pub endpoints: Endpoints,
    /// Limits of requests.
    pub limits: Limits,
    /// Accounts and their data centres. Without accounts all data stays at this collector.
    pub accounts: Vec<Account>,
    /// Sites.
    pub sites: Vec<Site>,
}

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
            admin_listen: None,
            public_url: None,
            region: None,
            endpoints: Endpoints::default(),
            limits: Limits::default(),
            accounts: Vec::new(),
            sites: Vec::new(),
        }
    }
}

impl Config {
    /// Configuration of the demo: one site `demo`, any origin, in memory, admin access from this machine.
    pub fn demo() -> Self {
        let demo = Site { name: "Demo".to_owned(), ..Site::new("demo", "3210be7ad82f403298f7c4da065ec657") };
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
        let Some(file) = file else { return Config::default().with(variable) };
        let text = std::fs::read_to_string(file).map_err(|error| ConfigError::File { file: file.to_owned(), error })?;
        Self::read(&text, file, variable)
    }

    /// The same of a file's text.
    pub(crate) fn read(
        text: &str,
        file: &Path,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let read: Result<Config, _> = toml::from_str(text);
        let read = read.map_err(|error| {
            let hint = migration_hint(&error);
            ConfigError::Text { file: file.to_owned(), error: Box::new(error), hint }
        })?;
        read.with(variable)
    }

    fn with(self, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut config = self;
        if let Some(listen) = variable("WAYMARK_LISTEN") {
            config.listen = listen.parse().map_err(|_| ConfigError::Value {
                key: "WAYMARK_LISTEN",
                reason: format!("`{listen}` is not an address and port, such as 127.0.0.1:8787"),
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
        if let Some(region) = variable("WAYMARK_REGION") {
            config.region =
                Some([Region::Us, Region::Eu].into_iter().find(|known| known.as_str() == region).ok_or_else(|| {
                    ConfigError::Value {
                        key: "WAYMARK_REGION",
                        reason: format!("`{region}` is no region; there are us and eu"),
                    }
                })?);
        }
        config.region = config.region.or_else(|| account::only_region(&config.accounts, &config.endpoints));
        config.check()?;
        Ok(config)
    }

    /// The address that pages reach this collector at, where it is known.
    pub fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref().or_else(|| self.region.and_then(|region| self.endpoints.of(region)))
    }

    /// Where the account's data stays. Whose account is not named stays where this collector is.
    pub fn region_of(&self, account: &str) -> Option<Region> {
        self.accounts.iter().find(|known| known.id == account).map_or(self.region, |known| Some(known.region))
    }

    /// Whether it makes sense as a whole.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key or the site.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, reason: &str| Err(ConfigError::Value { key, reason: reason.to_owned() });
        if self.store.as_os_str().is_empty() {
            return wrong("store", "must be a file's path or `:memory:`");
        }
        let SecurityLog { on, dir, days } = &self.security_log;
        if *on && (dir.as_os_str().is_empty() || *days == 0) {
            return wrong("security_log", "dir must not be empty and days at least 1; set on = false to write none");
        }
        if let Admin::Token(token) = &self.admin {
            token.check().or_else(|reason| wrong("admin_token", reason))?;
        }
        if let Some(address) = self.admin_listen
            && matches!(self.admin, Admin::Closed)
            && !address.ip().is_loopback()
        {
            return wrong("admin_listen", "needs an admin_token too: others than this machine can reach that address");
        }
        if self.admin_listen == Some(self.listen) && self.listen.port() != 0 {
            return wrong("admin_listen", "must be another address or port than listen");
        }
        if self.region.is_none() && !self.accounts.is_empty() {
            return wrong(
                "region",
                "must be `us` or `eu`, the data centre of this collector: the accounts and endpoints are in both",
            );
        }
        account::check_address("public_url", self.public_url.as_deref())?;
        self.endpoints.check()?;
        self.limits.check()?;
        account::check_all(&self.accounts)?;
        site::check_all(&self.sites, &self.accounts)
    }
}

/// Where that is now which older files say of a site.
fn migration_hint(error: &toml::de::Error) -> &'static str {
    match error.message() {
        text if text.starts_with("unknown field `level`") => "level belongs under [sites.settings]\n",
        text if text.starts_with("unknown field `collect`") => {
            "collect belongs under [sites.settings]: collect.title = false\n"
        }
        _ => "",
    }
}
