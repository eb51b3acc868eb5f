//! What the events of a stretch of time share: who, with which browser, on which page, in which session.
//! Read when it changes, sent once a batch, repeated in each stored event.

use crate::json::{self, Object};
use serde::{Deserialize, Serialize};

/// A part of what events share, as it is called in a batch and (but for the GUID) in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The session's GUID, a text.
    SId,
    /// One GUID per user interaction with content, a text: the event's `wm.interactionGuid`.
    InteractionGuid,
    /// Who the events are about: [`User`].
    Wm,
    /// The browser and the device: [`Env`].
    Env,
    /// The page: [`Ctx`].
    Ctx,
    /// The experience and playback session: [`Visions`].
    Visions,
    /// What recorded the events: [`Version`].
    Version,
}

impl Section {
    pub(crate) const NAMES: [&str; 7] = ["sId", "interactionGuid", "wm", "env", "ctx", "visions", "version"];
}

/// Everything that the events of a batch may have in common, each section as the JSON text in which it is sent: it is
/// written when it changes, and compared and copied as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared([String; Section::NAMES.len()]);

/// What can be a section's value.
pub trait Value {
    /// Appends it as JSON.
    fn write(&self, out: &mut String);
}

impl Shared {
    /// Nothing yet.
    pub const fn new() -> Self {
        Shared([const { String::new() }; Section::NAMES.len()])
    }

    /// From here on, `section` is `value`. Says whether that is a change.
    pub fn set(&mut self, section: Section, value: &dyn Value) -> bool {
        let mut text = String::new();
        value.write(&mut text);
        self.replace(section, text)
    }

    /// From here on, `section` is the text `value`. Says whether that is a change.
    pub fn set_text(&mut self, section: Section, value: &str) -> bool {
        let mut text = String::new();
        json::push_str(&mut text, value);
        self.replace(section, text)
    }

    fn replace(&mut self, section: Section, text: String) -> bool {
        let held = &mut self.0[section as usize];
        let changed = *held != text;
        *held = text;
        changed
    }

    /// From here on it is as `other`.
    pub(crate) fn copy(&mut self, other: &Shared) {
        for (held, text) in self.0.iter_mut().zip(&other.0) {
            held.clear();
            held.push_str(text);
        }
    }

    /// Writes an object with the sections in which this differs from `base`.
    pub(crate) fn write_since(&self, base: &Shared, out: &mut String) {
        let mut object = Object::open(out);
        for ((name, text), old) in Section::NAMES.iter().zip(&self.0).zip(&base.0) {
            if text != old {
                object.member(name).push_str(text);
            }
        }
        object.close();
    }
}

impl Value for User {
    fn write(&self, out: &mut String) {
        let source = match self.eu_id_source {
            IdSource::Cache => "Cache",
            IdSource::Identifier => "Identifier",
        };
        let mut object = Object::open(out);
        object.text("euId", &self.eu_id).text("euIdSource", source).int("permId", self.perm_id.into());
        object.int("env", self.env.into()).int("platform", self.platform.into()).close();
    }
}

impl Value for Env {
    fn write(&self, out: &mut String) {
        let mut object = Object::open(out);
        let mut browser = Object::open(object.member("browser"));
        browser.text("name", &self.browser.name).text("version", &self.browser.version);
        browser.text("string", &self.browser.string).close();
        let mut os = Object::open(object.member("os"));
        os.text("name", &self.os.name);
        if let Some(version) = &self.os.version {
            os.text("version", version);
        }
        os.close();
        object.boolean("mobile", self.mobile);
        let mut screen = Object::open(object.member("screen"));
        screen.int("height", self.screen.height.into()).int("width", self.screen.width.into()).close();
        object.int("timezone", self.timezone.into()).close();
    }
}

impl Value for Ctx {
    fn write(&self, out: &mut String) {
        let mut object = Object::open(out);
        let mut location = Object::open(object.member("location"));
        location.text("protocol", &self.location.protocol).text("hostname", &self.location.hostname);
        location.text("pathname", &self.location.pathname).close();
        object.boolean("isIframe", self.is_iframe).text("visitId", &self.visit_id).text("title", &self.title).close();
    }
}

impl Value for Visions {
    fn write(&self, out: &mut String) {
        Object::open(out).text("sId", &self.s_id).close();
    }
}

impl Value for Version {
    fn write(&self, out: &mut String) {
        Object::open(out).text("lib", &self.lib).text("pe", &self.pe).close();
    }
}

/// What a context of a batch says: the first everything, the later ones in what they differ from the first.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delta {
    pub(crate) s_id: Option<String>,
    pub(crate) interaction_guid: Option<String>,
    pub(crate) wm: Option<User>,
    pub(crate) env: Option<Env>,
    pub(crate) ctx: Option<Ctx>,
    pub(crate) visions: Option<Visions>,
    pub(crate) version: Option<Version>,
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
