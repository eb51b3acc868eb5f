//! What the events of a stretch of time share: who, with which browser, on which page, in which session.
//! Read when it changes, sent once a batch, repeated in each stored event.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Everything that the events of a batch may have in common. A batch names it once and then only what changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shared {
    /// The session's GUID.
    pub s_id: String,
    /// One GUID per user interaction with content: the event's `wm.interactionGuid`.
    pub interaction_guid: String,
    /// Who the events are about.
    pub wm: User,
    /// The browser and the device.
    pub env: Env,
    /// The page.
    pub ctx: Ctx,
    /// The experience and playback session.
    pub visions: Visions,
    /// What recorded the events.
    pub version: Version,
}

/// What one [`Shared`] has that another has not: a batch's first context in full, the later ones as differences to it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) s_id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interaction_guid: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wm: Option<Cow<'a, User>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) env: Option<Cow<'a, Env>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ctx: Option<Cow<'a, Ctx>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) visions: Option<Cow<'a, Visions>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<Cow<'a, Version>>,
}

impl Shared {
    pub(crate) fn whole(&self) -> Delta<'_> {
        Delta {
            s_id: Some(Cow::Borrowed(&self.s_id)),
            interaction_guid: Some(Cow::Borrowed(&self.interaction_guid)),
            wm: Some(Cow::Borrowed(&self.wm)),
            env: Some(Cow::Borrowed(&self.env)),
            ctx: Some(Cow::Borrowed(&self.ctx)),
            visions: Some(Cow::Borrowed(&self.visions)),
            version: Some(Cow::Borrowed(&self.version)),
        }
    }

    pub(crate) fn since<'a>(&'a self, base: &Shared) -> Delta<'a> {
        fn changed<'a, T: PartialEq + ToOwned + ?Sized>(new: &'a T, old: &T) -> Option<Cow<'a, T>> {
            (new != old).then_some(Cow::Borrowed(new))
        }
        Delta {
            s_id: changed(self.s_id.as_str(), &base.s_id),
            interaction_guid: changed(self.interaction_guid.as_str(), &base.interaction_guid),
            wm: changed(&self.wm, &base.wm),
            env: changed(&self.env, &base.env),
            ctx: changed(&self.ctx, &base.ctx),
            visions: changed(&self.visions, &base.visions),
            version: changed(&self.version, &base.version),
        }
    }
}

/// Who the events are about. The account (`wm.uId`) is not sent: the collector knows whose site it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The end user's ID.
    pub eu_id: String,
    /// Where the ID came from.
    pub eu_id_source: IdSource,
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
    pub browser: Browser,
    /// The operating system.
    pub os: Os,
    /// Whether the browser calls itself one for phones.
    pub mobile: bool,
    /// The viewport.
    pub screen: Screen,
    /// Minutes as `Date.getTimezoneOffset` gives them: UTC+2 is -120.
    pub timezone: i32,
}

/// The browser, as its client hints say or else its user-agent string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Browser {
    /// Such as `Chrome`.
    pub name: String,
    /// As precise as the browser tells.
    pub version: String,
    /// Name and version.
    pub string: String,
}

/// The operating system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Os {
    /// Such as `Windows`.
    pub name: String,
    /// Only where the browser still tells the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The viewport, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Screen {
    /// Inner height.
    pub height: u32,
    /// Inner width.
    pub width: u32,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ctx {
    /// Where it is; never the query nor the hash.
    pub location: Location,
    /// Whether it is shown inside another page.
    pub is_iframe: bool,
    /// One per page view, 32 hex digits.
    pub visit_id: String,
    /// The document's title.
    pub title: String,
}

/// Where a page is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// With its colon, as `location.protocol` gives it.
    pub protocol: String,
    /// Without the port.
    pub hostname: String,
    /// From the first slash.
    pub pathname: String,
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
