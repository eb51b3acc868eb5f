//! The canonical event: what is stored, exported and shown, key for key the shape of
//! `fixtures/example-event.json`, with its id and what the collector knows.

use crate::{Context, Ctx, Env, IdSource, User, Version, Visions};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;
use uuid::Uuid;

/// One thing that happened. What it shares with its neighbours in a batch is held once for all of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id (see [`crate::event_id`]); absent only from events that no collector has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// When it happened, epoch ms on the client's clock.
    pub time: i64,
    /// The verb, such as `play`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the verb is about: an object, kept as the text in which it came.
    pub data: Box<RawValue>,
    /// The session's GUID.
    pub s_id: Arc<str>,
    /// Whose site, which user, which interaction.
    pub wm: Arc<Wm>,
    /// The browser and the device.
    pub env: Arc<Env>,
    /// The page.
    pub ctx: Arc<Ctx>,
    /// The experience and playback session.
    pub visions: Arc<Visions>,
    /// What recorded it.
    pub version: Arc<Version>,
    /// What the collector adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
}

/// Whose site, which user, which interaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wm {
    /// The account: 32 hex digits, never a person.
    pub u_id: String,
    /// The end user's ID; absent where users are not told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id: Option<String>,
    /// Where the ID came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_id_source: Option<IdSource>,
    /// The A/B permutation, -1 for none.
    pub perm_id: i32,
    /// The site's environment: 0 is production.
    pub env: u32,
    /// One per user interaction with content.
    pub interaction_guid: String,
    /// 1 is the web.
    pub platform: u32,
}

/// What the collector adds to an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The key of the site that it came from.
    pub site: String,
    /// The tab that recorded it.
    pub tab: Uuid,
    /// Its number among the tab's events, from 0.
    pub seq: u64,
    /// When this attempt to send it was made, epoch ms on the client's clock.
    pub sent: i64,
    /// When it arrived, epoch ms on the collector's clock.
    pub received: i64,
    /// When it happened by the collector's clock, epoch ms: there only where the client's clock was off by more than
    /// [`crate::limits::DRIFT_MS`] when it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<i64>,
    /// The masked address it came from: IPv4 /24, IPv6 /48.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Where that address is, where the collector has a database that knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Where an address is, roughly.
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
    /// The same, but about `user`.
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
    /// What this event shares with its neighbours in a batch.
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
        }
    }
}
