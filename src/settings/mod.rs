//! The settings in force: what the site's owner set at the collector, restricted by what the page asks for. In: the page's
//! object and the collector's answer, as JSON. Out: typed settings, and what was wrong with the page's.

use crate::call_error::CallError;
use waymark_wire::level::{Allowed, Level};
use waymark_wire::settings::{PageSettings, PageSettingsError, Percent, Problem, Rule, Settings, SiteSettings, Value};

/// A site's settings.
#[derive(Clone, Debug, Default)]
pub struct Config {
    page: PageSettings,
    /// What was wrong with the page's other settings.
    pub problems: Vec<Problem>,
    /// What the site's owner set; nothing while that is not known.
    site: Option<SiteSettings>,
    in_force: Settings,
}

impl Config {
    /// Reads the page's settings, the JSON of an object. What is wrong with one is noted in [`Config::problems`]; the rest
    /// hold.
    ///
    /// # Errors
    /// That the site's key or the collector's address is missing or can be none: nothing can be done without.
    pub fn read(&mut self, settings: &str) -> Result<(), CallError> {
        let settings: Value = serde_json::from_str(settings).unwrap_or(Value::Nothing);
        self.page = PageSettings::read(&settings, &mut self.problems).map_err(|error| match error {
            PageSettingsError::NoObject => CallError::SettingsNotObject,
            PageSettingsError::Site => CallError::SiteInvalid,
            PageSettingsError::Collector => CallError::CollectorInvalid,
        })?;
        self.combine();
        Ok(())
    }

    /// Takes what the site's owner set, as the collector answered. `false`: this is no answer of a collector.
    pub fn take_site(&mut self, answer: &str) -> bool {
        let read = serde_json::from_str(answer).ok().and_then(|answer| SiteSettings::read(&answer));
        let is_one = read.is_some();
        if is_one {
            self.site = read;
            self.combine();
        }
        is_one
    }

    fn combine(&mut self) {
        let owner = self.site.as_ref().map(|site| site.settings.clone()).unwrap_or_default();
        self.in_force = owner.restricted(self.page.settings.clone());
    }

    /// Whether the page itself says level 0: the collector need not be asked for more.
    pub fn wants_nothing(&mut self) -> bool {
        let is_off = self.page.settings.level == Some(Level::Off);
        if is_off {
            self.site.get_or_insert_default();
        }
        is_off
    }

    /// Whether it is known what the site's owner set.
    pub fn has_site(&self) -> bool {
        self.site.is_some()
    }

    /// Whether page and site name the same data centre, as far as both name one.
    pub fn is_in_one_region(&self) -> bool {
        let site = self.site.as_ref().and_then(|site| site.region);
        site.is_none() || self.page.region.is_none() || site == self.page.region
    }

    /// What the page asks for and does not get, a message each.
    pub fn overruled(&self) -> Vec<String> {
        let mut names = self.page.settings.overruled(&self.in_force);
        if self.page.sampling.is_some_and(|asked| asked != self.sampling()) {
            names.push("sampling");
        }
        names.iter().map(|name| [*name, " is as the site's settings at the collector say"].concat()).collect()
    }

    /// What holds.
    pub fn settings(&self) -> &Settings {
        &self.in_force
    }

    /// The site's key.
    pub fn site(&self) -> &str {
        &self.page.site
    }

    /// The collector's address.
    pub fn collector(&self) -> &str {
        &self.page.collector
    }

    /// How many browsers of a hundred are recorded.
    pub fn sampling(&self) -> Percent {
        Percent::restricted(self.site.as_ref().map(|site| site.sampling), self.page.sampling).unwrap_or_default()
    }

    /// How long the anonymous ID and the consent are kept.
    pub fn days(&self) -> u32 {
        self.in_force.identity.days.unwrap_or_default().0.into()
    }

    /// What the site's level and switches allow.
    pub fn allowed(&self) -> Allowed {
        self.in_force.allowed()
    }
}

#[cfg(test)]
impl Config {
    /// What is in force where the page asks for these settings, as TOML, and the site's owner allows them.
    pub(crate) fn of(settings: &str) -> Self {
        let settings: Value = toml::from_str(settings).unwrap();
        let mut config = Config::default();
        config.page.settings = Settings::read(&settings, &mut config.problems);
        config.site = Some(SiteSettings { settings: config.page.settings.clone(), ..SiteSettings::default() });
        config.combine();
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &str) -> Config {
        let mut config = Config::default();
        config.read(&format!(r#"{{"site":"k","collector":"/c"{settings}}}"#)).unwrap();
        config
    }

    fn read_within(site: &str, page: &str) -> Config {
        let mut config = read(page);
        assert!(config.take_site(site));
        config
    }

    #[test]
    fn a_site_and_a_collector_are_enough() {
        let config = read("");
        assert_eq!((config.site(), config.collector(), config.days(), config.sampling().0), ("k", "/c", 365, 100));
        assert_eq!(config.settings(), &Settings::default());
        assert_eq!(config.problems, []);
    }

    #[test]
    fn without_a_site_or_a_collector_nothing_starts() {
        use CallError::{CollectorInvalid as collector, SettingsNotObject as object, SiteInvalid as site};
        for (settings, why) in [
            ("", object),
            ("null", object),
            ("{}", site),
            (r#"{"site":1,"collector":"/c"}"#, site),
            (r#"{"site":"k"}"#, collector),
            (r#"{"site":"k","collector":"c.example"}"#, collector),
        ] {
            assert_eq!(Config::default().read(settings), Err(why), "{settings}");
        }
    }

    #[test]
    fn a_page_that_asks_for_more_than_it_gets_is_told() {
        let site = r#"{"settings":{"level":1},"sampling":10}"#;
        let overruled = |page| read_within(site, page).overruled();
        assert_eq!(
            overruled(r#","level":2,"sampling":50"#),
            [
                "level is as the site's settings at the collector say",
                "sampling is as the site's settings at the collector say",
            ]
        );
        assert!(overruled(r#","level":1,"sampling":5,"user":{"cookie":"a"}"#).is_empty());
    }

    #[test]
    fn only_a_collector_s_answer_is_taken_for_one() {
        let mut config = read(r#","level":3"#);
        for other in ["", "!404", "<!doctype html>", r#"{"title":"Welcome"}"#, r#"{"settings":{"levels":1}}"#] {
            assert!(!config.take_site(other) && !config.has_site(), "{other:?}");
        }
        assert!(config.take_site(r#"{"settings":{"level":2,"levle":3},"region":"eu"}"#));
        assert_eq!((config.settings().level, &*config.problems), (Some(Level::Experience), &[][..]));
    }

    #[test]
    fn a_page_at_level_0_needs_no_answer() {
        let mut config = read(r#","level":0"#);
        assert!(config.wants_nothing() && config.has_site());
        assert_eq!(config.allowed().level(), Level::Off);
        assert!(!read("").wants_nothing());
    }

    #[test]
    fn page_and_site_are_in_one_region_unless_both_name_another() {
        let site = |region| format!(r#"{{"settings":{{"level":1}}{region}}}"#);
        for (site_region, page_region, is_one) in [
            ("", "", true),
            (r#","region":"eu""#, "", true),
            ("", r#","region":"eu""#, true),
            (r#","region":"eu""#, r#","region":"eu""#, true),
            (r#","region":"us""#, r#","region":"eu""#, false),
        ] {
            let config = read_within(&site(site_region), page_region);
            assert_eq!(config.is_in_one_region(), is_one, "{site_region} {page_region}");
        }
    }
}
