//! What is landed: events and reports about tabs, as their messages say, ready for their tables.

use crate::store::facts::extract::data_of;
use crate::store::{CommittedEvent, Fact, Position, StoredEvent, UserIds};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;
use waymark_wire::IdSource;

const DAY_MS: i64 = 86_400_000;

/// An event ready to be landed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandedEvent {
    /// The event.
    pub event: StoredEvent,
    pub(super) fact: Fact<String>,
    /// Its data, as JSON.
    pub(super) data: String,
    /// When ClickHouse may drop it, epoch ms.
    pub(super) expires: Option<i64>,
}

/// A text that is no stored event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no stored event: {0}")]
pub struct NotAnEvent(String);

/// What is read of a stored event beside what its fact has.
#[derive(Deserialize)]
struct Body {
    id: Uuid,
    time: i64,
    #[serde(rename = "type")]
    kind: String,
    wm: Wm,
    #[serde(default)]
    data: Linked,
    server: Server,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wm {
    eu_id: Option<String>,
    eu_id_source: Option<IdSource>,
}

#[derive(Deserialize)]
struct Server {
    site: String,
    received: i64,
}

#[derive(Default)]
struct Linked(Option<String>);

/// A page may write anything into data: what is no text is no link.
impl<'de> Deserialize<'de> for Linked {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let data = serde_json::Value::deserialize(deserializer)?;
        Ok(Linked(data.get("anonymousId").and_then(|id| id.as_str()).map(str::to_owned)))
    }
}

impl LandedEvent {
    /// Reads an event as the export and `waymark.events` have it. ClickHouse drops it `retention_days` after its
    /// arrival; 0 is never.
    ///
    /// # Errors
    /// [`NotAnEvent`].
    pub fn read(body: &str, retention_days: impl Fn(&str) -> u32) -> Result<Self, NotAnEvent> {
        let read = serde_json::from_str(body).map_err(|error| NotAnEvent(error.to_string()))?;
        let Body { id, time, kind, wm, data, server } = read;
        let linked = (kind == "identify").then_some(data.0).flatten();
        let who = match wm.eu_id_source {
            Some(IdSource::Cache) => UserIds { anonymous: wm.eu_id, known: None, linked },
            _ => UserIds { anonymous: None, known: wm.eu_id, linked },
        };
        let Server { site, received } = server;
        let days = retention_days(&site);
        Ok(LandedEvent::of(StoredEvent { id, site, kind, time, received, who, body: Arc::from(body) }, days))
    }

    /// The event as it is landed. `retention_days` as for [`Self::read`].
    pub fn of(event: StoredEvent, retention_days: u32) -> Self {
        let committed = CommittedEvent { position: Position::START, event };
        let fact = Fact::of(&committed);
        let data = data_of(&committed.event.body).unwrap_or_default();
        let expires = (retention_days > 0)
            .then(|| committed.event.received.saturating_add(i64::from(retention_days).saturating_mul(DAY_MS)));
        LandedEvent { event: committed.event, fact, data, expires }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"id":"019a0000-0000-7000-8000-000000000001","time":7,"type":"identify",
        "data":{"anonymousId":"a","other":[1]},"sId":"s","wm":{"uId":"u","euId":"k","env":0},
        "server":{"site":"shop","tab":"t","seq":3,"received":9}}"#;

    #[test]
    fn an_event_is_read_from_its_json() {
        let read = LandedEvent::read(BODY, |_| 2).unwrap();
        let who = UserIds { anonymous: None, known: Some("k".to_owned()), linked: Some("a".to_owned()) };
        assert_eq!((read.event.site.as_str(), read.event.kind.as_str(), &read.event.who), ("shop", "identify", &who));
        assert_eq!((read.event.time, read.event.received, read.expires), (7, 9, Some(9 + 2 * DAY_MS)));
        assert_eq!((read.fact.seq, read.fact.texts.tab.as_deref()), (3, Some("t")));
        let cache = BODY.replace(r#""euId":"k""#, r#""euId":"k","euIdSource":"Cache""#).replace("identify", "play");
        let read = LandedEvent::read(&cache, |_| 0).unwrap();
        assert_eq!(read.event.who, UserIds { anonymous: Some("k".to_owned()), ..UserIds::default() });
        assert_eq!(read.expires, None);
    }

    #[test]
    fn what_is_no_event_is_refused_with_what_it_lacks() {
        for (body, why) in
            [("", "EOF"), ("{}", "missing field"), (&BODY.replace("\"time\":7", "\"time\":\"x\""), "invalid type")]
        {
            let error = LandedEvent::read(body, |_| 0).unwrap_err().to_string();
            assert!(error.starts_with("it is no stored event: ") && error.contains(why), "{error}");
        }
    }
}
