//! The context that consecutive events share: user, browser, page and session.
//! The context is read on changes, sent once per batch, and repeated in each stored event.

use serde::{Deserialize, Serialize};

/// The context of events, in sections. The first context of a batch is complete. A later context has only the sections
/// in which it differs from the first. A section is `None` if it is not known yet or does not differ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// The session's GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_id: Option<String>,
    /// The GUID of the interaction, the event's `wm.interactionGuid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction_guid: Option<String>,
    /// The user whom the events are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wm: Option<User>,
    /// The browser and the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<Env>,
    /// The page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctx: Option<Ctx>,
    /// The experience and playback session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visions: Option<Visions>,
    /// The version of the recorder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// `true` if software drives the browser and says so (`navigator.webdriver`); else `None`. Not a part of the event:
    /// the collector makes [`crate::Bot::WebDriver`] of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webdriver: Option<bool>,
}

impl Context {
    /// The sections in which this context differs from `base`. A section that only `base` has is empty.
    pub fn since(&self, base: &Context) -> Context {
        fn changed<T: Clone + Default + PartialEq>(now: &Option<T>, base: &Option<T>) -> Option<T> {
            if now == base { None } else { Some(now.clone().unwrap_or_default()) }
        }
        Context {
            s_id: changed(&self.s_id, &base.s_id),
            interaction_guid: changed(&self.interaction_guid, &base.interaction_guid),
            wm: changed(&self.wm, &base.wm),
            env: changed(&self.env, &base.env),
            ctx: changed(&self.ctx, &base.ctx),
            visions: changed(&self.visions, &base.visions),
            version: changed(&self.version, &base.version),
            webdriver: changed(&self.webdriver, &base.webdriver),
        }
    }

    /// Takes user and session from `other` if they are not known yet.
    pub fn backfill(&mut self, other: &Context) {
        self.s_id = self.s_id.take().or_else(|| other.s_id.clone());
        self.wm = self.wm.take().or_else(|| other.wm.clone());
        self.visions = self.visions.take().or_else(|| other.visions.clone());
    }
}

/// The user whom the events are about. The account (`wm.uId`) is not sent: the collector knows the site's owner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The end user's ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id: Option<String>,
    /// The source of the ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id_source: Option<IdSource>,
    /// The A/B permutation, -1 for none.
    pub perm_id: i32,
    /// The site's environment: 0 is production.
    pub env: u32,
    /// The platform: 1 is the web.
    pub platform: u32,
}

/// The source of the end user's ID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum IdSource {
    /// The browser's storage: the ID is the anonymous GUID.
    #[default]
    Cache,
    /// The site: by a provider that it configured, or by `identify`.
    Identifier,
}

/// The browser and the device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Env {
    /// The browser.
    #[serde(default, skip_serializing_if = "is_default")]
    pub browser: Browser,
    /// The operating system.
    #[serde(default, skip_serializing_if = "is_default")]
    pub os: Os,
    /// Whether the browser describes itself as a phone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<bool>,
    /// The viewport.
    #[serde(default, skip_serializing_if = "is_default")]
    pub screen: Screen,
    /// The time zone in minutes, as returned by `Date.getTimezoneOffset`: UTC+2 is -120.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<i32>,
}

/// The browser, from its client hints or else from its user-agent string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Browser {
    /// The name, such as `Chrome`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version, as precise as the browser gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<String>,
}

/// The operating system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Os {
    /// The name, such as `Windows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version, only if the browser still gives the real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The viewport, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Screen {
    /// The inner height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The inner width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ctx {
    /// The page's address.
    #[serde(default, skip_serializing_if = "is_default")]
    pub location: Location,
    /// Whether the page is shown inside another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_iframe: Option<bool>,
    /// The ID of the page view, 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<String>,
    /// The document's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The parts of a page's address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The protocol with the colon, as in `location.protocol`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The host without the port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The path from the first slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pathname: Option<String>,
    /// The query parameters that the site collects, as `?a=b&c=d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// The part from the `#` on, if the site collects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// The experience and playback session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visions {
    /// The session's GUID.
    pub s_id: String,
}

/// The version of the recorder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The recorder's build.
    pub lib: String,
    /// The version of the event's shape ([`crate::SCHEMA`]).
    pub pe: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
