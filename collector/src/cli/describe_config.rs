//! `waymark-collector check`: describes a configuration in words: what each site collects, from which users, and with
//! which consent. It uses the settings and the level table only.

use crate::config::{Admin, Bots, Config, Settings, Site};
use std::fmt::{self, Display, Formatter};
use waymark_wire::Level;
use waymark_wire::level::{Field, Kind, Switch};
use waymark_wire::settings::{Callable, ConsentMode, DntMode, Gate, GpcMode, Line, Provider, QueryNames};

/// A configuration for people to read.
pub struct ConfigSummary<'c>(pub &'c Config);

impl Display for ConfigSummary<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ConfigSummary(config) = self;
        let Config { listen, store, kafka, clickhouse, admin, admin_listen, region, sites, .. } = config;
        writeln!(f, "Collector")?;
        line(f, "listens on", listen)?;
        if let Some(url) = config.public_url() {
            line(f, "pages use", url)?;
        }
        if let Some(region) = region {
            line(f, "is in", region)?;
        }
        let (has, topics) = (config.is_clustered(), config.topics());
        match (kafka, clickhouse) {
            (Some(kafka), Some(clickhouse)) => {
                line(f, "keeps events", format_args!("in Kafka at {}", kafka.bootstrap_servers))?;
                line(f, "", format_args!("and, once landed, in ClickHouse at {}", clickhouse.url))?;
            }
            _ => line(f, "keeps events", format_args!("in {}", store.display()))?,
        }
        if let (Some(kafka), false) = (kafka, has) {
            line(f, "forwards them", format_args!("to Kafka at {}", kafka.bootstrap_servers))?;
        }
        for (number, topic) in topics.into_iter().enumerate() {
            line(f, if number == 0 { "needs topics" } else { "" }, topic)?;
        }
        if let Some(clickhouse) = clickhouse {
            line(f, "needs tables", format_args!("of the database {}", clickhouse.database))?;
        }
        let seen_on = admin_listen.map_or_else(String::new, |address| format!(" on {address} only"));
        let seen_by = match admin {
            Admin::Token(_) => "with the admin token",
            Admin::Open => "from this machine",
            Admin::Closed if admin_listen.is_some() => "from this machine",
            Admin::Closed => "to nobody: there is no admin_token",
        };
        line(f, "shows events", format_args!("{seen_by}{seen_on}"))?;
        sites.iter().try_for_each(|site| self.site(site, f))?;
        config.warnings().iter().try_for_each(|warning| writeln!(f, "\nWarning: {warning}"))
    }
}

impl ConfigSummary<'_> {
    fn site(&self, site: &Site, f: &mut Formatter<'_>) -> fmt::Result {
        let Site { key, account, name, origins, environments, settings, .. } = site;
        match name.as_str() {
            "" => writeln!(f, "\nSite `{key}`")?,
            name => writeln!(f, "\nSite `{key}`, {name}")?,
        }
        let (here, region) = (self.0.region, self.0.region_of(account));
        match region {
            Some(region) if Some(region) != here => {
                line(f, "account", format_args!("{account}, which stays in {region}: NOTHING IS TAKEN HERE"))?;
            }
            Some(region) => line(f, "account", format_args!("{account}, which stays in {region}"))?,
            None => line(f, "account", account)?,
        }
        if site.read_token.is_some() {
            line(f, "shows insights", "of this site also with its read_token")?;
        }
        if site.enabled && !site.state_secrets.is_empty() {
            line(f, "keeps state", "between browsers, of users that the site's server has signed (state_secrets)")?;
        }
        let allowed = site.allowed();
        match (allowed.level(), site.enabled) {
            (_, false) => return line(f, "collects", "NOTHING: enabled = false"),
            (Level::Off, true) => return line(f, "collects", "nothing: level 0"),
            (level, true) => {
                let (name, _) = level.describe();
                let lower = Level::ALL.into_iter().filter(|lower| *lower != Level::Off && *lower <= level);
                let all: Vec<_> = lower.map(|level| level.describe().1).collect();
                line(f, "collects", format_args!("level {} ({name}): {}", level as u8, all.join("; ")))?;
            }
        }
        for switch in Switch::ALL.into_iter().filter(|&switch| settings.is_off(switch)) {
            line(f, "but not", format_args!("{} ({})", removed(switch), switch.name()))?;
        }
        if let Some(QueryNames(names)) = settings.collect.query.as_ref().filter(|names| !names.0.is_empty()) {
            let names: Vec<_> = names.iter().map(Line::as_str).collect();
            line(f, "and of queries", names.join(", "))?;
        }
        line(f, "from users", users(settings))?;
        line(f, "who have", consent(settings))?;
        line(f, "on pages of", pages(origins))?;
        if !environments.is_empty() {
            let named: Vec<_> = environments.iter().map(|(name, number)| format!("{number} {name}")).collect();
            line(f, "environments", named.join(", "))?;
        }
        match site.retention_days {
            0 => line(f, "keeps them", "until they are erased")?,
            days => line(f, "keeps them", format_args!("for {days} days"))?,
        }
        if site.bots != Bots::default() {
            line(
                f,
                "of bots",
                match site.bots {
                    Bots::Keep => "what of others, without a flag",
                    Bots::Flag => "what of others, with a flag",
                    Bots::Drop => "nothing",
                },
            )?;
        }
        if site.sampling < 100 {
            line(f, "samples", format_args!("{} of 100 users", site.sampling))?;
        }
        Ok(())
    }
}

fn line(f: &mut Formatter<'_>, what: &str, is: impl Display) -> fmt::Result {
    writeln!(f, "  {what:<15}{is}")
}

fn pages(origins: &[String]) -> String {
    let said = |origin: &String| match origin.as_str() {
        "null" => "null (ANY SANDBOXED FRAME, OF ANY SITE, AND FILES)".to_owned(),
        "moz-extension://*" | "safari-web-extension://*" => format!("{origin} (ANY EXTENSION of that browser)"),
        origin => origin.to_owned(),
    };
    match origins {
        [] => "ANY ORIGIN".to_owned(),
        origins => origins.iter().map(said).collect::<Vec<_>>().join(", "),
    }
}

fn removed(switch: Switch) -> String {
    let fields =
        Field::ALL.iter().filter(|field| field.rule().1 & switch.bit() != 0).map(|field| field.path().to_owned());
    let kinds = Kind::ALL.iter().filter(|kind| Kind::rule(kind.name).1 & switch.bit() != 0);
    fields.chain(kinds.map(|kind| format!("{} events", kind.name))).collect::<Vec<_>>().join(", ")
}

fn users(settings: &Settings) -> String {
    let days = settings.identity.days.unwrap_or_default().0;
    let mut last = format!("the anonymous ID that the browser keeps for {days} days");
    let mut asked = Vec::new();
    for provider in settings.user.iter().flat_map(|providers| &providers.0) {
        match provider {
            Provider::None => {
                "none: users are not distinguished".clone_into(&mut last);
                break;
            }
            Provider::Generated => break,
            provider => asked.push(place(provider)),
        }
    }
    let hashed = if settings.identity.hash.unwrap_or_default().0 { "; IDs of the site are hashed" } else { "" };
    match asked.is_empty() {
        true => last,
        false => format!("{}; else {last}{hashed}", asked.join(", then ")),
    }
}

fn place(provider: &Provider) -> String {
    let kind = provider.name();
    match provider {
        Provider::Cookie(at) | Provider::Variable(at) | Provider::Meta(at) => format!("the {kind} `{}`", at.as_str()),
        Provider::LocalStorage(key) | Provider::SessionStorage(key) => format!("the key `{}` of {kind}", key.as_str()),
        Provider::Function(Callable::Path(path)) => format!("the function `{}`", path.as_str()),
        Provider::Selector { selector, attribute } => match attribute {
            Some(attribute) => format!("the attribute `{}` of the element `{}`", attribute.as_str(), selector.as_str()),
            None => format!("the element `{}`", selector.as_str()),
        },
        Provider::IdToken { place, claim } => {
            let claim = claim.as_ref().map_or("sub", Line::as_str);
            format!("the claim `{claim}` of the ID token in `{}`", place.as_str())
        }
        // A file cannot hold a function, and the rest are no places.
        Provider::Function(Callable::Function(_)) | Provider::Generated | Provider::None => kind.to_owned(),
    }
}

fn consent(settings: &Settings) -> String {
    let before = match settings.consent.unwrap_or_default() {
        ConsentMode::Wait => "agreed: nothing leaves the browser before (consent)",
        ConsentMode::Anonymous => "agreed, or are recorded without anything kept in the browser (consent)",
        ConsentMode::Implied => "not declined: consent is implied (consent)",
    };
    let gpc = match settings.gpc.unwrap_or_default() {
        GpcMode::Deny => "nothing",
        GpcMode::Limit => "level 1",
    };
    let dnt = match settings.dnt.unwrap_or_default() {
        DntMode::Deny => "nothing",
        DntMode::Limit => "level 1",
        DntMode::Ignore => "everything",
    };
    let gate = match &settings.gate {
        Some(Gate::Ask(Callable::Path(path))) => format!("; levels 2 and 3 only where `{}` says so", path.as_str()),
        _ => String::new(),
    };
    let manual = match settings.manual.unwrap_or_default().0 {
        true => "; levels 2 and 3 only once they are started",
        false => "",
    };
    format!("{before}; Global Privacy Control leaves {gpc}, Do Not Track {dnt}{gate}{manual}")
}
