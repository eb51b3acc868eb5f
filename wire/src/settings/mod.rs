//! The recorder's settings: what a page passes to `init`, what the site's owner sets at the collector, and what is in
//! force. In: a [`Value`] of a page, or a file or reply through serde. Out: typed settings, and what was wrong.
//!
//! A setting that nobody set is `None`; its type's `Default` holds then. docs/configuration.md says what each one means.

mod page;
mod provider;
mod rule;
mod value;

pub use page::{PageSettings, PageSettingsError, SiteSettings};
pub use provider::{Callable, Gate, Provider, Providers};
pub use rule::{
    BatchAge, BatchBytes, BatchEvents, Collected, ConsentMode, Days, DntMode, Environment, GpcMode, Line, OptIn,
    Percent, Permutation, Protection, QueryNames, Region, Rule, StateArea, Wait,
};
pub use value::Value;

use crate::level::{Allowed, Level, Switch};
use serde::{Deserialize, Serialize};

/// Settings that somebody gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// The most that is collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The site's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<Environment>,
    /// The A/B permutation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perm_id: Option<Permutation>,
    /// Where the user's progress is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateArea>,
    /// Where the end user's ID is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Providers>,
    /// What is done with IDs.
    #[serde(skip_serializing_if = "is_default")]
    pub identity: IdentitySettings,
    /// Which fields and events are collected.
    #[serde(skip_serializing_if = "is_default")]
    pub collect: CollectSettings,
    /// What holds until the user has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentMode>,
    /// What Global Privacy Control allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpc: Option<GpcMode>,
    /// What Do Not Track allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnt: Option<DntMode>,
    /// What the page is asked before levels 2 and 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// Whether levels 2 and 3 wait for `waymark('experience', true)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manual: Option<Protection>,
    /// When a batch is sent.
    #[serde(skip_serializing_if = "is_default")]
    pub batch: BatchSettings,
}

/// What is done with IDs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IdentitySettings {
    /// How long a provider may take at the start of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<Wait>,
    /// Whether IDs are hashed in the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<Protection>,
    /// What goes before an ID that is hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<Line>,
    /// Whether it is recorded that the anonymous user became a known one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Collected>,
    /// How long the anonymous ID and the consent are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
}

/// Which fields and events are collected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CollectSettings {
    /// The page's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Collected>,
    /// The path of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pathname: Option<Collected>,
    /// The query parameters that are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<QueryNames>,
    /// The part of the address after `#`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<OptIn>,
    /// The document's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Collected>,
    /// Page views as events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_views: Option<Collected>,
    /// The browser's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_name: Option<Collected>,
    /// The browser's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_version: Option<Collected>,
    /// Whether the browser is a phone's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Collected>,
    /// The operating system's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_name: Option<Collected>,
    /// The operating system's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_version: Option<Collected>,
    /// The viewport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<Collected>,
    /// The time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Collected>,
}

/// When a batch is sent: when it reaches one of these, whichever is first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BatchSettings {
    /// Its number of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<BatchEvents>,
    /// Its bytes of JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<BatchBytes>,
    /// The age of its first event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<BatchAge>,
}

fn is_default<T: Default + PartialEq>(settings: &T) -> bool {
    *settings == T::default()
}

/// A setting that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's dotted name.
    pub name: String,
    /// What it must be, to follow the name: `must be true or false`.
    pub must_be: &'static str,
}

impl Problem {
    /// Of the setting of that name.
    pub fn new(name: &str, must_be: &'static str) -> Self {
        Problem { name: name.to_owned(), must_be }
    }

    /// For the site's developer: `level must be a whole number from 0 to 3`.
    pub fn message(&self) -> String {
        [&*self.name, " ", self.must_be].concat()
    }
}

/// A setting as documentation shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Its dotted name.
    pub name: &'static str,
    /// What it must be.
    pub must_be: &'static str,
    /// What holds where nobody sets it, as JSON; `null` where that is nothing.
    pub default: String,
    /// What stands in for a wrong value, as JSON; `null` where that is nothing.
    pub safest: String,
}

/// Reads a setting into its field. `false`: it is wrong, and the safest value stands there.
fn set<T: Rule>(field: &mut Option<T>, value: &Value) -> bool {
    let read = T::read(value);
    let is_right = read.is_some();
    *field = read.or_else(T::safest);
    is_right
}

/// The one list of names: each setting's dotted name and its field. `user` is a list of its own kind.
macro_rules! settings {
    ($($name:literal $($field:ident).+;)*) => {
        impl Settings {
            /// The names of all settings.
            pub const NAMES: &[&str] = &["user", $($name,)*];

            /// Sets one by its dotted name. `None`: it is set; else what is wrong with it.
            fn set(&mut self, name: &str, value: &Value) -> Option<&'static str> {
                fn must_be<T: Rule>(_: &Option<T>) -> &'static str {
                    T::MUST_BE
                }
                match name {
                    $($name => (!set(&mut self.$($field).+, value)).then(|| must_be(&self.$($field).+)),)*
                    _ => Some("is no setting"),
                }
            }

            /// What is in force where these are the owner's and the page asks for `page`.
            pub fn restricted(self, page: Settings) -> Settings {
                let mut in_force = Settings { user: Providers::restricted(self.user, page.user), ..Settings::default() };
                $(in_force.$($field).+ = Rule::restricted(self.$($field).+, page.$($field).+);)*
                in_force
            }

            /// The names of those that `self` asks for and that are not so `in_force`; lists and providers aside.
            pub fn overruled(&self, in_force: &Settings) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if $name != "collect.query" && self.$($field).+.is_some() && self.$($field).+ != in_force.$($field).+ {
                    names.push($name);
                })*
                names
            }

            /// Each as documentation shows it, `user` aside.
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
    "collect.query" collect.query;
    "collect.hash" collect.hash;
    "collect.title" collect.title;
    "collect.pageViews" collect.page_views;
    "collect.browserName" collect.browser_name;
    "collect.browserVersion" collect.browser_version;
    "collect.mobile" collect.mobile;
    "collect.osName" collect.os_name;
    "collect.osVersion" collect.os_version;
    "collect.screen" collect.screen;
    "collect.timezone" collect.timezone;
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
    /// Reads a page's object, `{ level: 1, batch: { events: 50 } }`; dotted names are taken too. For each wrong setting the
    /// safest value stands in, `problems` says what is wrong, and the rest hold.
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
            let is_group = matches!(&*name, "identity" | "collect" | "batch");
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

    /// Whether the setting of a switch is off.
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
            // Where some place is asked first, users are told apart after all.
            Switch::User => return self.user.as_ref().is_some_and(Providers::tells_nobody_apart),
            Switch::Link => self.identity.link,
        };
        !switched.unwrap_or_default().0
    }

    /// What may be collected.
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
