//! The recorder's settings: the page's (passed to `init`), the site owner's (set at the collector), and the settings in
//! force. In: a page's [`Value`], or a file or reply through serde. Out: typed settings and a list of problems.
//!
//! A setting that is not set is `None`; the `Default` of its type then holds. docs/configuration.md describes each
//! setting.

mod choice;
mod page;
mod problem;
mod provider;
mod rule;
mod sections;
mod text;
mod value;

pub use choice::{ConsentMode, DntMode, GpcMode, PathMode, Region, StateArea};
pub use page::{PageSettings, PageSettingsError, SiteSettings};
pub use problem::Problem;
pub use provider::{Callable, Gate, Provider, Providers};
pub use rule::{
    BatchAge, BatchBytes, BatchEvents, Collected, Days, Environment, Honoured, OptIn, Percent, Permutation, Protection,
    Rule, TitleWait, Wait,
};
pub use sections::{BatchSettings, CensorSettings, CollectSettings, ExperienceSettings, IdentitySettings};
pub use text::{CensorNames, Line, QueryNames};
pub use value::Value;

use crate::level::{Allowed, Level, Switch};
use serde::{Deserialize, Serialize};

/// The settings of a page or a site's owner, or the settings in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// The highest level that is collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The site's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<Environment>,
    /// The A/B permutation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perm_id: Option<Permutation>,
    /// The storage area of the user's progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateArea>,
    /// The providers of the end user's ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Providers>,
    /// The treatment of IDs.
    #[serde(skip_serializing_if = "is_default")]
    pub identity: IdentitySettings,
    /// The fields and events to collect.
    #[serde(skip_serializing_if = "is_default")]
    pub collect: CollectSettings,
    /// What is captured at level 2.
    #[serde(skip_serializing_if = "is_default")]
    pub experience: ExperienceSettings,
    /// The elements that are censored.
    #[serde(skip_serializing_if = "is_default")]
    pub censor: CensorSettings,
    /// The behaviour until the user has answered the question of consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentMode>,
    /// What may be collected under Global Privacy Control.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpc: Option<GpcMode>,
    /// What may be collected under Do Not Track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnt: Option<DntMode>,
    /// The page's gate, which is asked before levels 2 and 3 are collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// Whether levels 2 and 3 wait for `waymark('experience', true)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manual: Option<Protection>,
    /// The limits of a batch.
    #[serde(skip_serializing_if = "is_default")]
    pub batch: BatchSettings,
}

fn is_default<T: Default + PartialEq>(settings: &T) -> bool {
    *settings == T::default()
}

/// A setting in the form used by the documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// The setting's dotted name.
    pub name: &'static str,
    /// The allowed values.
    pub must_be: &'static str,
    /// The default value as JSON; `null` if there is none.
    pub default: String,
    /// The value used in place of a wrong one, as JSON; `null` if there is none.
    pub safest: String,
}

/// The settings that are lists. A page's list is combined with the owner's, so that both have an effect.
const LISTS: &[&str] = &["collect.query", "experience.attributes", "censor.ids", "censor.classes", "censor.selectors"];

/// Reads a setting into its field. Returns `false` if the value is wrong; the field then has the safest value.
fn set<T: Rule>(field: &mut Option<T>, value: &Value) -> bool {
    let read = T::read(value);
    let is_right = read.is_some();
    *field = read.or_else(T::safest);
    is_right
}

/// The list of all settings: each dotted name with its field. `user` is not in the list because it has its own reader.
macro_rules! settings {
    ($($name:literal $($field:ident).+;)*) => {
        impl Settings {
            /// The names of all settings.
            pub const NAMES: &[&str] = &["user", $($name,)*];

            /// Sets a setting by its dotted name. Returns `None` if the value is valid, else the allowed values.
            fn set(&mut self, name: &str, value: &Value) -> Option<&'static str> {
                fn must_be<T: Rule>(_: &Option<T>) -> &'static str {
                    T::MUST_BE
                }
                match name {
                    $($name => (!set(&mut self.$($field).+, value)).then(|| must_be(&self.$($field).+)),)*
                    _ => Some("is no setting"),
                }
            }

            /// The settings in force if `self` is the owner's and the page asks for `page`.
            pub fn restricted(self, page: Settings) -> Settings {
                let mut in_force = Settings { user: Providers::restricted(self.user, page.user), ..Settings::default() };
                $(in_force.$($field).+ = Rule::restricted(self.$($field).+, page.$($field).+);)*
                in_force
            }

            /// The names of settings that `self` asks for but that differ in `in_force`, except lists and providers.
            pub fn overruled(&self, in_force: &Settings) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if !LISTS.contains(&$name) && self.$($field).+.is_some() && self.$($field).+ != in_force.$($field).+ {
                    names.push($name);
                })*
                names
            }

            /// The descriptions of all settings except `user`.
            pub fn descriptions() -> Vec<Description> {
                fn describe<T: Rule + Serialize>(name: &'static str, _: Option<T>) -> Description {
                    let json = |value: Option<T>| serde_json::to_string(&value).unwrap_or_default();
                    Description { name, must_be: T::MUST_BE, default: json(T::usual()), safest: json(T::safest()) }
                }
                let unset = Settings::default();
                vec![$(describe($name, unset.$($field).+),)*]
            }
        }
    };
}

settings! {
    "level" level;
    "env" env;
    "permId" perm_id;
    "state" state;
    "identity.waitMs" identity.wait_ms;
    "identity.hash" identity.hash;
    "identity.salt" identity.salt;
    "identity.link" identity.link;
    "identity.days" identity.days;
    "collect.url" collect.url;
    "collect.pathname" collect.pathname;
    "collect.paths" collect.paths;
    "collect.query" collect.query;
    "collect.hash" collect.hash;
    "collect.title" collect.title;
    "collect.titleWaitMs" collect.title_wait_ms;
    "collect.pageViews" collect.page_views;
    "collect.replaceState" collect.replace_state;
    "collect.browserName" collect.browser_name;
    "collect.browserVersion" collect.browser_version;
    "collect.mobile" collect.mobile;
    "collect.osName" collect.os_name;
    "collect.osVersion" collect.os_version;
    "collect.screen" collect.screen;
    "collect.timezone" collect.timezone;
    "experience.clicks" experience.clicks;
    "experience.changes" experience.changes;
    "experience.submits" experience.submits;
    "experience.frustration" experience.frustration;
    "experience.text" experience.text;
    "experience.foreign" experience.foreign;
    "experience.attributes" experience.attributes;
    "censor.ids" censor.ids;
    "censor.classes" censor.classes;
    "censor.selectors" censor.selectors;
    "consent" consent;
    "gpc" gpc;
    "dnt" dnt;
    "gate" gate;
    "manual" manual;
    "batch.events" batch.events;
    "batch.bytes" batch.bytes;
    "batch.ageMs" batch.age_ms;
}

impl Settings {
    /// Reads a page's object, such as `{ level: 1, batch: { events: 50 } }`. Dotted names are accepted too. Each wrong
    /// setting is replaced by its safest value and added to `problems`. The other settings hold.
    pub fn read(object: &Value, problems: &mut Vec<Problem>) -> Self {
        let mut settings = Settings::default();
        settings.read_members("", object, problems);
        settings
    }

    fn read_members(&mut self, under: &str, object: &Value, problems: &mut Vec<Problem>) {
        let Value::Object(members) = object else { return };
        let mut places = Vec::new();
        for (key, value) in members {
            let name = if under.is_empty() { key.clone() } else { [under, ".", key].concat() };
            let is_group = matches!(&*name, "identity" | "collect" | "experience" | "censor" | "batch");
            match value {
                Value::Nothing => {}
                Value::Object(_) if is_group => self.read_members(&name, value, problems),
                value if name == "user" => self.add_user(value, problems),
                value => match name.strip_prefix("user.") {
                    Some(kind) => places.push((kind.to_owned(), value.clone())),
                    None => problems.extend(self.set(&name, value).map(|must_be| Problem { name, must_be })),
                },
            }
        }
        if !places.is_empty() {
            self.add_user(&Value::Object(places), problems);
        }
    }

    fn add_user(&mut self, value: &Value, problems: &mut Vec<Problem>) {
        let Providers(more) = Providers::read(value, problems);
        self.user.get_or_insert_default().0.extend(more);
    }

    /// Whether a switch is off.
    pub fn is_off(&self, switch: Switch) -> bool {
        let collect = &self.collect;
        let switched = match switch {
            Switch::Url => collect.url,
            Switch::Pathname => collect.pathname,
            Switch::Query => return collect.query.as_ref().is_none_or(|names| names.0.is_empty()),
            Switch::Hash => return !collect.hash.unwrap_or_default().0,
            Switch::Title => collect.title,
            Switch::PageViews => collect.page_views,
            Switch::BrowserName => collect.browser_name,
            Switch::BrowserVersion => collect.browser_version,
            Switch::Mobile => collect.mobile,
            Switch::OsName => collect.os_name,
            Switch::OsVersion => collect.os_version,
            Switch::Screen => collect.screen,
            Switch::Timezone => collect.timezone,
            // A provider before `none` can still give users an ID.
            Switch::User => return self.user.as_ref().is_some_and(Providers::begins_with_none),
            Switch::Link => self.identity.link,
            Switch::Clicks => self.experience.clicks,
            Switch::Changes => self.experience.changes,
            Switch::Submits => self.experience.submits,
            Switch::Frustration => self.experience.frustration,
            Switch::Text => self.experience.text,
        };
        !switched.unwrap_or_default().0
    }

    /// The fields and events that may be collected.
    pub fn allowed(&self) -> Allowed {
        let mut allowed = Allowed::at(self.level.unwrap_or_default());
        for switch in Switch::ALL {
            if self.is_off(switch) {
                allowed.without(switch);
            }
        }
        allowed
    }
}
