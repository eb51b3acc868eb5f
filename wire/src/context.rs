//! What the events of a stretch of time share: who, with which browser, on which page, in which session.
//! Read when it changes, sent once a batch, repeated in each stored event.

use crate::json;
use crate::level::{Allowed, Field};
use crate::text::next_part;
use serde::{Deserialize, Serialize};

/// What events share, field by field: the recorder's side, which has nothing but fields of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values([String; Field::ALL.len()]);

impl Values {
    /// Nothing yet.
    pub const fn new() -> Self {
        Values([const { String::new() }; Field::ALL.len()])
    }

    /// From here on, `field` is `value`: a text as it is, a number or a boolean as JSON writes it; empty where there is
    /// none. Says whether that is a change.
    pub fn set(&mut self, field: Field, value: &str) -> bool {
        let held = &mut self.0[field as usize];
        let changed = held != value;
        if changed {
            *held = value.to_owned();
        }
        changed
    }

    /// What `field` is.
    pub fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }
}

/// Everything that the events of a batch may have in common, each section as the JSON text in which it is sent: it is
/// written when something changes, and compared and copied as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared([String; Shared::NAMES.len()]);

impl Shared {
    /// The sections, as they are called in a batch and (but for the GUID, which is the event's `wm.interactionGuid`) in
    /// an event.
    const NAMES: [&str; 7] = ["sId", "interactionGuid", "wm", "env", "ctx", "visions", "version"];

    /// Nothing yet.
    pub const fn new() -> Self {
        Shared([const { String::new() }; Shared::NAMES.len()])
    }

    /// From here on it is what `values` holds and `allowed` lets through; a section of which nothing is left is not
    /// there. The one place where a field is written.
    pub fn set(&mut self, values: &Values, allowed: &Allowed) {
        let mut paths = Field::PATHS;
        let (mut at, mut section, mut group) = (0, Shared::NAMES[0], "");
        self.clear();
        for (&field, value) in Field::ALL.iter().zip(&values.0) {
            let mut path = next_part(&mut paths, b';');
            let name = next_part(&mut path, b'.');
            if name != section {
                self.close(at, group);
                section = name;
                group = "";
                at += 1;
            }
            if value.is_empty() || !allowed.field(field) {
                continue;
            }
            let text = &mut self.0[at];
            if path.is_empty() {
                json::push_str(text, value);
                continue;
            }
            let mut leaf = path;
            let mut inside = next_part(&mut leaf, b'.');
            if leaf.is_empty() {
                leaf = inside;
                inside = "";
            }
            if inside != group {
                if !group.is_empty() {
                    text.push_str("}");
                }
                if !inside.is_empty() {
                    push_key(text, inside);
                    text.push_str("{");
                }
                group = inside;
            }
            let raw = leaf.strip_suffix("#");
            push_key(text, raw.unwrap_or(leaf));
            if raw.is_some() {
                text.push_str(value);
            } else {
                json::push_str(text, value);
            }
        }
        self.close(at, group);
    }

    fn close(&mut self, at: usize, group: &str) {
        let text = &mut self.0[at];
        if text.starts_with("{") {
            text.push_str(if group.is_empty() { "}" } else { "}}" });
        }
    }

    fn clear(&mut self) {
        self.0.iter_mut().for_each(String::clear);
    }

    /// From here on it is as `other`.
    pub(crate) fn copy(&mut self, other: &Shared) {
        for (held, text) in self.0.iter_mut().zip(&other.0) {
            held.clear();
            held.push_str(text);
        }
    }

    /// Writes the sections in which this differs from `base` as the members of an object, without its braces.
    pub(crate) fn write_since(&self, base: &Shared, out: &mut String) {
        for ((name, text), old) in Shared::NAMES.iter().zip(&self.0).zip(&base.0) {
            if text != old {
                push_key(out, name);
                out.push_str(if text.is_empty() { "{}" } else { text });
            }
        }
    }

    /// All of it as a JSON object.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write_since(&Shared::new(), &mut text);
        if text.is_empty() {
            text.push_str("{");
        }
        text.push_str("}");
        text
    }

    /// Takes over from `other` who it is and in which session, where that is not there yet, and writes it as the members
    /// of an object.
    pub(crate) fn complete(&mut self, other: &Shared, out: &mut String) {
        for at in [0, 2, 5] {
            let (held, text) = (&mut self.0[at], &other.0[at]);
            if held.is_empty() {
                push_key(out, Shared::NAMES[at]);
                out.push_str(text);
                held.push_str(text);
            }
        }
    }
}

/// Appends a member's key, with the brace or the comma that stands before it.
fn push_key(out: &mut String, key: &str) {
    out.push_str(if out.is_empty() {
        "{\""
    } else if out.ends_with("{") {
        "\""
    } else {
        ",\""
    });
    out.push_str(key);
    out.push_str("\":");
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
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
    pub height: u32,
    /// Inner width.
    pub width: u32,
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
