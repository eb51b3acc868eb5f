//! What a configuration means, in words: what of each site is collected, from whom, and by whose leave. It says no more
//! than the settings and the table of levels do, and warns of what may not work as it is meant.

use crate::config::{Admin, Config, Settings, Site};
use std::fmt::{self, Display, Formatter};
use waymark_wire::Level;
use waymark_wire::level::{Field, Kind, Switch};

/// A configuration for people to read.
pub struct Words<'c>(pub &'c Config);

impl Display for Words<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Words(config) = self;
        let Config { listen, store, admin, admin_listen, region, sites, .. } = config;
        writeln!(f, "Collector")?;
        line(f, "listens on", listen)?;
        if let Some(url) = config.public_url() {
            line(f, "pages use", url)?;
        }
        if let Some(region) = region {
            line(f, "is in", region)?;
        }
        line(f, "keeps events", format_args!("in {}", store.display()))?;
        let seen_on = admin_listen.map_or_else(String::new, |address| format!(" on {address} only"));
        let seen_by = match admin {
            Admin::Token(_) => "by whoever has the admin token",
            Admin::Open => "by whoever is on this machine",
            Admin::Closed if admin_listen.is_some() => "by whoever is on this machine",
            Admin::Closed => "by nobody: there is no admin_token",
        };
        line(f, "shows events", format_args!("{seen_by}{seen_on}"))?;
        sites.iter().try_for_each(|site| self.site(site, f))?;
        config.warnings().iter().try_for_each(|warning| writeln!(f, "\nWarning: {warning}"))
    }
}

impl Words<'_> {
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
        if site.enabled && !site.state_secrets.is_empty() {
            line(f, "keeps state", "between browsers, of users that the site's server has signed (state_secrets)")?;
        }
        let allowed = site.allowed();
        match (allowed.level(), site.enabled) {
            (_, false) => return line(f, "collects", "NOTHING: enabled = false"),
            (Level::Off, true) => return line(f, "collects", "nothing: level 0"),
            (level, true) => {
                let (name, _) = level.words();
                let lower = Level::ALL.into_iter().filter(|lower| *lower != Level::Off && *lower <= level);
                let all: Vec<_> = lower.map(|level| level.words().1).collect();
                line(f, "collects", format_args!("level {} ({name}): {}", level as u8, all.join("; ")))?;
            }
        }
        for switch in Switch::ALL.into_iter().filter(|&switch| settings.is_off(switch)) {
            line(f, "but not", format_args!("{} ({})", removed(switch), switch.name()))?;
        }
        if !settings.is_off(Switch::Query) {
            line(f, "and of queries", settings.texts("collect.query").join(", "))?;
        }
        line(f, "from users", users(settings))?;
        line(f, "who have", consent(settings))?;
        line(f, "on pages of", pages(origins))?;
        if !environments.is_empty() {
            let named: Vec<_> = environments.iter().map(|(name, number)| format!("{number} {name}")).collect();
            line(f, "environments", named.join(", "))?;
        }
        match site.retention_days {
            0 => line(f, "keeps them", "until somebody erases them")?,
            days => line(f, "keeps them", format_args!("for {days} days"))?,
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
        "null" => "null (ANY SANDBOXED FRAME, of whatever site, and files)".to_owned(),
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
    let mut asked = Vec::new();
    let mut last = format!("the anonymous ID that the browser keeps for {} days", settings.text("identity.days"));
    for (kind, at) in settings.providers() {
        match (kind.as_str(), at.as_str()) {
            ("", "none") => "nobody: users are not told apart".clone_into(&mut last),
            ("", _) => {}
            ("attribute" | "claim", _) => asked.push(format!("of it the {kind} `{at}`")),
            ("localStorage" | "sessionStorage", _) => asked.push(format!("the key `{at}` of {kind}")),
            ("idToken", _) => asked.push(format!("the ID token in `{at}`")),
            ("selector", _) => asked.push(format!("the element `{at}`")),
            _ => asked.push(format!("the {kind} `{at}`")),
        }
        if kind.is_empty() {
            break;
        }
    }
    let hashed = if settings.text("identity.hash") == "true" { "; IDs of the site are hashed" } else { "" };
    match asked.is_empty() {
        true => last,
        false => format!("{}; else {last}{hashed}", asked.join(", then ")),
    }
}

fn consent(settings: &Settings) -> String {
    let before = match settings.text("consent").as_str() {
        "wait" => "agreed: nothing leaves the browser before (consent)",
        "anonymous" => "agreed, or are recorded without anything kept in the browser (consent)",
        _ => "not declined: consent is implied (consent)",
    };
    let signal = |name: &str| match settings.text(name).as_str() {
        "deny" => "nothing",
        "limit" => "level 1",
        _ => "everything",
    };
    let gate = match settings.text("gate").as_str() {
        "" => String::new(),
        gate => format!("; levels 2 and 3 only where `{gate}` says so"),
    };
    let manual = if settings.text("manual") == "true" { "; levels 2 and 3 only once they are started" } else { "" };
    format!("{before}; Global Privacy Control leaves {}, Do Not Track {}{gate}{manual}", signal("gpc"), signal("dnt"))
}
