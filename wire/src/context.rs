//! What the events of a stretch of time share: who, with which browser, on which page, in which session.
//! Read when it changes, sent once a batch, repeated in each stored event.

use crate::level::{Allowed, Field, Level};
use serde::{Deserialize, Serialize};

/// What events share, section by section. A batch's first context is whole; a later one holds the sections in which it
/// differs from the first. Sections that are not known yet, or do not differ, are `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// The session's GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_id: Option<String>,
    /// The GUID of the interaction, the event's `wm.interactionGuid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction_guid: Option<String>,
    /// Whom the events are about.
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
    /// What recorded the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
}

impl Context {
    /// The same without the fields that `allowed` does not allow. Nothing else decides over what is written.
    #[must_use]
    pub fn only(mut self, allowed: &Allowed) -> Self {
        if allowed.level() == Level::Off {
            return Context::default();
        }
        for &field in Field::ALL {
            if !allowed.field(field) {
                field.remove(&mut self);
            }
        }
        self
    }

    /// The sections in which this differs from `base`; one that is gone is empty.
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
        }
    }

    /// Takes over from `other` who the user is and in which session, where that is not known yet.
    pub fn backfill(&mut self, other: &Context) {
        self.s_id = self.s_id.take().or_else(|| other.s_id.clone());
        self.wm = self.wm.take().or_else(|| other.wm.clone());
        self.visions = self.visions.take().or_else(|| other.visions.clone());
    }
}

/// Who the events are about. The account (`wm.uId`) is not sent: the collector knows whose site it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The end user's ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id: Option<String>,
    /// Where the ID came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id_source: Option<IdSource>,
    /// The A/B permutation, -1 for none.
    pub perm_id: i32,
    /// The site's environment: 0 is production.
    pub env: u32,
    /// 1 is the web.
    pub platform: u32,
}

/// Where the end user's ID came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum IdSource {
    /// The browser's own store: the anonymous GUID.
    #[default]
    Cache,
    /// The provider that the site configured, or the site itself by `identify`.
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
    /// Whether the browser calls itself one for phones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<bool>,
    /// The viewport.
    #[serde(default, skip_serializing_if = "is_default")]
    pub screen: Screen,
    /// Minutes as `Date.getTimezoneOffset` gives them: UTC+2 is -120.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<i32>,
}

/// The browser, as its client hints say or else its user-agent string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Browser {
    /// Such as `Chrome`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As precise as the browser tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<String>,
}

/// The operating system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Os {
    /// Such as `Windows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Only where the browser still tells the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The viewport, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Screen {
    /// Inner height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Inner width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ctx {
    /// Where it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub location: Location,
    /// Whether it is shown inside another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_iframe: Option<bool>,
    /// One per page view, 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<String>,
    /// The document's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Where a page is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// With its colon, as `location.protocol` gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Without the port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// From the first slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pathname: Option<String>,
    /// The query parameters that the site keeps, as `?a=b&c=d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// From the `#`, where the site wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// The experience and playback session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visions {
    /// Its GUID.
    pub s_id: String,
}

/// What recorded an event.
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
