//! What a page asks for when it starts the recorder.

use crate::level::Level;
use crate::queue;
use serde::Deserialize;

/// The settings of `waymark('init', settings)`. Unknown keys are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Config {
    /// The site's key.
    pub site: String,
    /// Where the collector is: an origin, or a path on the site's own, such as `https://collect.example.com`.
    pub collector: String,
    /// Who knows the end user's ID. Without it users get the anonymous one.
    #[serde(default)]
    pub user: Provider,
    /// How much is collected.
    #[serde(default)]
    pub level: Level,
    /// The site's environment, the event's `wm.env`: 0 is production.
    #[serde(default)]
    pub env: u32,
    /// The A/B permutation, the event's `wm.permId`: -1 is none.
    #[serde(default = "no_permutation")]
    pub perm_id: i32,
    /// When a batch leaves.
    #[serde(default)]
    pub batch: queue::Limits,
}

/// Where the end user's ID is found. Both may be given: the cookie is asked first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// A cookie's name.
    #[serde(default)]
    pub cookie: Option<String>,
    /// A dotted path from `window`, such as `app.user.id`.
    #[serde(default)]
    pub variable: Option<String>,
}

fn no_permutation() -> i32 {
    -1
}

impl Config {
    /// The settings of a site that sets nothing else.
    pub fn new(site: &str, collector: &str) -> Self {
        Config {
            site: site.to_owned(),
            collector: collector.to_owned(),
            user: Provider::default(),
            level: Level::default(),
            env: 0,
            perm_id: no_permutation(),
            batch: queue::Limits::default(),
        }
    }

    /// Why these settings cannot work, in words for the site's developer; `None` where they can.
    pub fn refusal(&self) -> Option<&'static str> {
        if self.site.is_empty() {
            return Some("site must be the site's key");
        }
        if !["https://", "http://", "/"].iter().any(|start| self.collector.starts_with(start)) {
            return Some("collector must be an address such as https://collect.example.com");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Config, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_site_and_a_collector_are_enough() {
        let config = read(r#"{"site":"k","collector":"https://c.example"}"#).unwrap();
        assert_eq!(config.level, Level::Engagement);
        assert_eq!((config.env, config.perm_id), (0, -1));
        assert_eq!(config.refusal(), None);
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let error = read(r#"{"site":"k","collector":"/c","levle":1}"#).unwrap_err();
        assert!(error.starts_with("unknown field `levle`"), "{error}");
    }

    #[test]
    fn a_level_that_does_not_exist_says_which_do() {
        let error = read(r#"{"site":"k","collector":"/c","level":7}"#).unwrap_err();
        assert!(error.starts_with("must be 0 (off) or 1 (engagement)"), "{error}");
    }

    #[test]
    fn settings_that_cannot_work_say_why() {
        assert_eq!(Config::new("", "/c").refusal(), Some("site must be the site's key"));
        let why = Config::new("k", "collect.example.com").refusal();
        assert_eq!(why, Some("collector must be an address such as https://collect.example.com"));
    }
}
