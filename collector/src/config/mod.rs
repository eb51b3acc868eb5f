//! The configuration: one TOML file, the environment variables that override it, and the defaults. In: text. Out: a
//! checked [`Config`], or an error with the place and what is allowed. Keys and defaults are defined only here.

mod account;
mod clickhouse;
mod document;
mod error;
mod findings;
mod kafka;
mod limits;
mod operation;
mod origin;
mod proxies;
mod secret;
mod settings;
mod site;
mod table;
mod token;
mod variables;
mod warning;

pub use account::{Account, Endpoints};
pub use clickhouse::ClickHouse;
pub use error::{ConfigError, Mistake, Mistakes};
pub use kafka::{Compression, Kafka, KafkaTls, Mechanism, Sasl, SecretText, Topic};
pub use limits::Limits;
pub(crate) use limits::Rate;
pub use operation::{SecurityLog, Tls};
pub use proxies::{NotARange, ProxyHeader, Range};
pub use secret::Secret;
pub use settings::read_settings;
pub(crate) use site::is_key;
pub use site::{Bots, Site};
pub use token::{Admin, Token};
pub use warning::Warning;
pub use waymark_wire::settings::{Region, Settings};

use findings::Findings;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use table::{PATH, TEXT, Table};
use waymark_wire::Level;
use waymark_wire::settings::Rule;

/// Everything that can be configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on. Default: `127.0.0.1:8787`.
    pub listen: SocketAddr,
    /// TLS certificate and key. Without them connections are not encrypted, and a proxy in front must do it.
    pub tls: Option<Tls>,
    /// SQLite file for the events. Default: `waymark.db`. `:memory:` keeps events until the program ends.
    pub store: PathBuf,
    /// Kafka, to which stored events are forwarded. Default: nowhere.
    pub kafka: Option<Kafka>,
    /// ClickHouse, which together with Kafka holds the events in place of the store. Default: none.
    pub clickhouse: Option<ClickHouse>,
    /// Directory of the recorder's files for host pages. Without it those URLs are 404.
    pub assets: Option<PathBuf>,
    /// Secret for export, live stream and inspector. Without it they are disabled.
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
    /// Stands for every site whose key is not in `sites`. Only a collector for tests has it; no file can set it.
    pub any_site: Option<Site>,
}

const ADDRESS: &str = "must be an address and port in quotes, such as 127.0.0.1:8787";
const STORE: &str = "must be a file's path or `:memory:`, in quotes";

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)),
            tls: None,
            store: PathBuf::from("waymark.db"),
            kafka: None,
            clickhouse: None,
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
            any_site: None,
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

    /// Configuration of a collector for tests: any site key, any origin, in memory, admin access from this machine.
    pub fn micro(level: Level) -> Self {
        let mut any = Site::new("any", "00000000000000000000000000000000");
        any.settings.level = Some(level);
        Config { sites: Vec::new(), any_site: Some(any), ..Config::demo() }
    }

    /// Configuration of a collector for tests with the sites of this one: other keys are refused, and any origin may
    /// send. All data stays at this collector.
    #[must_use]
    pub fn into_micro(self) -> Self {
        let sites = self.sites.into_iter().map(|site| Site { origins: Vec::new(), ..site }).collect();
        Config { sites, limits: self.limits, assets: self.assets, ..Config::demo() }
    }

    /// Reads `file`, where there is one, then lets `variable` (the environment) override it.
    ///
    /// # Errors
    /// [`ConfigError`]: the file cannot be read, or all mistakes in it.
    pub fn load(file: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let Some(file) = file else { return Config::read("", "the configuration", variable) };
        let text = std::fs::read_to_string(file).map_err(|error| ConfigError::File { file: file.to_owned(), error })?;
        Config::read(&text, file.display(), variable)
    }

    /// The same with the text of a file, which errors call `subject`.
    ///
    /// # Errors
    /// [`ConfigError`] with all mistakes.
    pub fn read(
        text: &str,
        subject: impl ToString,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut findings = Findings::default();
        let document = document::parse(text, &mut findings);
        let mut config = Table::read("", &document, &mut findings, Config::read_table);
        config.override_by(variable, &mut findings);
        config.region = config.region.or_else(|| account::only_region(&config.accounts, &config.endpoints));
        config.check_all(&mut findings);
        findings.finish(subject, config)
    }

    fn read_table(table: &mut Table<'_>) -> Self {
        let default = Config::default();
        Config {
            listen: table.value("listen", ADDRESS).unwrap_or(default.listen),
            tls: table.table("tls", Tls::read),
            store: table.value("store", STORE).unwrap_or(default.store),
            kafka: table.table("kafka", Kafka::read),
            clickhouse: table.table("clickhouse", ClickHouse::read),
            assets: table.value("assets", PATH),
            admin: table.value("admin_token", TEXT).unwrap_or_default(),
            proxies: table.list("proxies", NotARange::MUST_BE).into_iter().flatten().collect(),
            proxy_header: table.value("proxy_header", ProxyHeader::MUST_BE).unwrap_or_default(),
            geoip: table.value("geoip", PATH),
            security_log: table.table("security_log", SecurityLog::read).unwrap_or_default(),
            admin_listen: table.value("admin_listen", ADDRESS),
            public_url: table.value("public_url", TEXT),
            region: table.value("region", Region::MUST_BE),
            endpoints: table.table("endpoints", Endpoints::read).unwrap_or_default(),
            limits: table.table("limits", Limits::read).unwrap_or_default(),
            accounts: table.tables("accounts", Account::read),
            sites: table.tables("sites", Site::read),
            any_site: None,
        }
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
    /// [`ConfigError`] with all mistakes.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut findings = Findings::default();
        self.check_all(&mut findings);
        findings.finish("the configuration", ())
    }

    /// Whether events are kept in Kafka and ClickHouse, and not in a store of this collector's own.
    pub fn is_clustered(&self) -> bool {
        self.kafka.is_some() && self.clickhouse.is_some()
    }

    /// The topics that the collector needs.
    pub fn topics(&self) -> Vec<Topic> {
        let Some(kafka) = &self.kafka else { return Vec::new() };
        match (self.is_clustered(), self.region) {
            (true, _) => kafka.log_topics(),
            (false, Some(_)) => [kafka.sink_topics(), vec![kafka.compacted(kafka.region_topic())]].concat(),
            (false, None) => kafka.sink_topics(),
        }
    }

    fn check_all(&self, findings: &mut Findings) {
        if self.store.as_os_str().is_empty() {
            findings.add("store", STORE);
        }
        self.kafka.iter().for_each(|kafka| kafka.check(findings));
        self.clickhouse.iter().for_each(|clickhouse| clickhouse.check(self.kafka.is_some(), findings));
        self.security_log.check(findings);
        if let Admin::Token(token) = &self.admin
            && let Err(reason) = token.check("export and inspector")
        {
            findings.add("admin_token", reason);
        }
        if let Some(address) = self.admin_listen {
            let needs_token = matches!(self.admin, Admin::Closed) && !address.ip().is_loopback();
            if needs_token && findings.are_right(&["admin_token"]) {
                findings
                    .add("admin_listen", "needs an admin_token too: others than this machine can reach that address");
            }
            if address == self.listen && address.port() != 0 && findings.are_right(&["listen"]) {
                findings.add("admin_listen", "must be another address or port than listen");
            }
        }
        if self.region.is_none() && !self.accounts.is_empty() && findings.are_right(&["accounts", "endpoints"]) {
            findings.add(
                "region",
                "must be `us` or `eu`, the data centre of this collector: the accounts and endpoints are in both",
            );
        }
        account::check_address("public_url", self.public_url.as_deref(), findings);
        self.endpoints.check(findings);
        self.limits.check(findings);
        account::check_all(&self.accounts, findings);
        site::check_all(&self.sites, &self.accounts, &self.admin, findings);
    }
}
