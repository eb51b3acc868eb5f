//! The argument of `init` (a page's settings with site and collector), and the collector's answer with the site's
//! settings.

use super::{Percent, Problem, Region, Rule, Settings, Value};
use crate::limits;
use serde::{Deserialize, Serialize};

/// The argument of `init`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageSettings {
    /// The site's key.
    pub site: String,
    /// The collector's address, or a path on the page's own origin.
    pub collector: String,
    /// The data centre that the page expects the site's data to be in.
    pub region: Option<Region>,
    /// The maximum percentage of browsers that the page wants to be recorded.
    pub sampling: Option<Percent>,
    /// The recorder's settings.
    pub settings: Settings,
}

/// The reason why the recorder cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageSettingsError {
    /// The argument is not an object.
    NoObject,
    /// The site key is missing or invalid.
    Site,
    /// The collector's address is missing or invalid.
    Collector,
}

impl PageSettings {
    /// Reads the argument of `init`. Wrong settings are added to `problems`; the others hold.
    ///
    /// # Errors
    /// The argument is not an object, or the site's key or the collector's address is missing or invalid.
    pub fn read(value: &Value, problems: &mut Vec<Problem>) -> Result<Self, PageSettingsError> {
        let Value::Object(members) = value else { return Err(PageSettingsError::NoObject) };
        let mut page = PageSettings::default();
        let mut rest = Vec::new();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("site", Value::Text(site)) => page.site.clone_from(site),
                ("collector", Value::Text(collector)) => page.collector.clone_from(collector),
                ("site" | "collector", _) | (_, Value::Nothing) => {}
                ("region", value) => page.region = read(name, value, problems),
                ("sampling", value) => page.sampling = read(name, value, problems),
                _ => rest.push((name.clone(), value.clone())),
            }
        }
        page.settings = Settings::read(&Value::Object(rest), problems);
        if !limits::is_site_key(&page.site) {
            Err(PageSettingsError::Site)
        } else if !["https://", "http://", "/"].iter().any(|start| page.collector.starts_with(start)) {
            Err(PageSettingsError::Collector)
        } else {
            Ok(page)
        }
    }
}

fn read<T: Rule>(name: &str, value: &Value, problems: &mut Vec<Problem>) -> Option<T> {
    T::read(value).or_else(|| {
        problems.push(Problem::new(name, T::MUST_BE));
        T::safest()
    })
}

/// The answer to `GET /v1/sites/{key}/settings`: the settings of the site's owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// The recorder's settings. The page may restrict but never widen them. `level` is always present; 0 switches the
    /// recorder off.
    pub settings: Settings,
    /// The percentage of browsers that are recorded.
    #[serde(default)]
    pub sampling: Percent,
    /// The data centre that the site's data must stay in, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The collector's public address, if it is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

impl SiteSettings {
    /// Reads a collector's answer or its cached copy. Unknown settings are ignored, because the collector may be newer.
    /// `None` if the value is not a collector's answer, which always has a level.
    pub fn read(value: &Value) -> Option<Self> {
        let Value::Object(members) = value else { return None };
        let member = |name: &str| members.iter().find(|member| member.0 == name).map(|member| &member.1);
        let settings = Settings::read(member("settings")?, &mut Vec::new());
        settings.level?;
        Some(SiteSettings {
            settings,
            sampling: match member("sampling") {
                Some(value) => Percent::read(value).or_else(Percent::safest).unwrap_or_default(),
                None => Percent::default(),
            },
            region: member("region").and_then(Region::read),
            endpoint: match member("endpoint") {
                Some(Value::Text(endpoint)) => Some(endpoint.clone()),
                _ => None,
            },
        })
    }
}
