//! The canonical event, as it is stored, exported and shown: the keys of `fixtures/example-event.json`, plus the
//! event's ID and the data that the collector adds.

use crate::{Context, Ctx, Env, IdSource, User, Version, Visions};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;
use uuid::Uuid;

/// An event. The sections of its context are shared with the other events of its batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The ID (see [`crate::event_id`]); `None` only if no collector has received the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// When the event happened, epoch ms on the client's clock.
    pub time: i64,
    /// The type, such as `play`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The data: an object, as unparsed JSON.
    pub data: Box<RawValue>,
    /// The session's GUID.
    pub s_id: Arc<str>,
    /// Account, user and interaction.
    pub wm: Arc<Wm>,
    /// The browser and the device.
    pub env: Arc<Env>,
    /// The page.
    pub ctx: Arc<Ctx>,
    /// The experience and playback session.
    pub visions: Arc<Visions>,
    /// The version of the recorder.
    pub version: Arc<Version>,
    /// The data that the collector adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    /// Whether software drove the browser, as the recorder said. Not a part of the event: [`Server::bot`] tells.
    #[serde(skip)]
    pub is_automated: bool,
}

/// Account, user and interaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wm {
    /// The account of the site's owner: 32 hex digits. Never an end user.
    pub u_id: String,
    /// The end user's ID; `None` if the site does not distinguish users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id: Option<String>,
    /// The source of the ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id_source: Option<IdSource>,
    /// The A/B permutation, -1 for none.
    pub perm_id: i32,
    /// The site's environment: 0 is production.
    pub env: u32,
    /// The GUID of the user's interaction with content.
    pub interaction_guid: String,
    /// The platform: 1 is the web.
    pub platform: u32,
}

/// The data that the collector adds to an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The key of the site that recorded the event.
    pub site: String,
    /// The tab that recorded the event.
    pub tab: Uuid,
    /// The event's number among the tab's events, from 0.
    pub seq: u64,
    /// When the attempt that arrived was made, epoch ms on the client's clock.
    pub sent: i64,
    /// When the event arrived, epoch ms on the collector's clock.
    pub received: i64,
    /// When the event happened, epoch ms on the collector's clock. Set only if the client's clock was off by more than
    /// [`crate::limits::DRIFT_MS`] when the event was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<i64>,
    /// The sign that software used the page, not a person; `None` if there is no sign, or if the site wants none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<Bot>,
    /// The masked network address of the sender: IPv4 /24, IPv6 /48.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The location of that address, if the collector's database knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A sign that software used the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Bot {
    /// The request's User-Agent is that of a crawler, a monitor or a headless browser.
    UserAgent,
    /// The browser says that software drives it (`navigator.webdriver`).
    #[serde(rename = "webdriver")]
    WebDriver,
}

/// The approximate location of a network address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The country's ISO 3166-1 code, such as `SE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The city's English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
}

impl Wm {
    /// Sets the user.
    pub(crate) fn of(self, user: User) -> Self {
        Wm {
            eu_id: user.eu_id,
            eu_id_source: user.eu_id_source,
            perm_id: user.perm_id,
            env: user.env,
            platform: user.platform,
            ..self
        }
    }
}

impl Event {
    /// The event's context, which the events of a batch share.
    pub fn context(&self) -> Context {
        let Wm { eu_id, eu_id_source, perm_id, env, platform, .. } = (*self.wm).clone();
        Context {
            s_id: Some(self.s_id.to_string()),
            interaction_guid: Some(self.wm.interaction_guid.clone()),
            wm: Some(User { eu_id, eu_id_source, perm_id, env, platform }),
            env: Some((*self.env).clone()),
            ctx: Some((*self.ctx).clone()),
            visions: Some((*self.visions).clone()),
            version: Some((*self.version).clone()),
            webdriver: self.is_automated.then_some(true),
        }
    }
}
