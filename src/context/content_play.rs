//! Plays of guidance content. All events of a play share its ID and its interaction GUID.

use crate::host::{Host, new_guid};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The maximum number of plays in memory. Above this number the oldest play is dropped.
const MAX_PLAYS: usize = 32;

/// The plays that later events may belong to.
#[derive(Debug, Default)]
pub struct ContentPlays(Vec<Play>);

/// One play of a piece of content.
#[derive(Debug)]
pub struct Play {
    kind: String,
    object: String,
    /// `<start in epoch ms>-<oId>-<guid>`.
    pub id: String,
    /// The event's `wm.interactionGuid`.
    pub interaction: String,
}

impl ContentPlays {
    /// Drops all plays.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The play that an event of type `event` at `at`, epoch ms, belongs to. The events `play`, `playFailed` and `open`
    /// begin a play. So does any event of content that has no play yet: an onboarding task can be completed without
    /// having been played.
    pub fn for_event(&mut self, event: &str, at: i64, content: Content<'_>, host: &mut impl Host) -> Option<&Play> {
        let begins = matches!(event, "play" | "playFailed" | "open");
        let known = self.0.iter().position(|play| play.kind == content.kind && play.object == content.object);
        if begins || known.is_none() {
            // The new play replaces the last play of this content, else the oldest play.
            if known.is_some() || self.0.len() == MAX_PLAYS {
                self.0.remove(known.unwrap_or_default());
            }
            self.0.push(Play::begin(at, content, host));
            return self.0.last();
        }
        known.and_then(|at| self.0.get(at))
    }
}

impl Play {
    fn begin(at: i64, Content { kind, object }: Content<'_>, host: &mut impl Host) -> Self {
        let start = itoa::Buffer::new().format(at).to_owned();
        let id = [&*start, "-", object, "-", &new_guid(host)].concat();
        Play { kind: kind.to_owned(), object: object.to_owned(), id, interaction: new_guid(host) }
    }

    /// Adds the play's ID (`pId`) and the recorder's build (`libVer`) to the event's data, a JSON object.
    ///
    /// # Errors
    /// `data` is not JSON.
    pub fn complete(&self, data: &str) -> serde_json::Result<Box<RawValue>> {
        // The members are not parsed: they may be 32 kB. The added ones follow them.
        let added = serde_json::to_string(&Added { id: &self.id, build: crate::BUILD })?;
        let (Some(before), Some(added)) = (data.trim_end().strip_suffix('}'), added.strip_prefix('{')) else {
            return RawValue::from_string(data.to_owned());
        };
        let comma = if before.trim_end() == "{" { "" } else { "," };
        RawValue::from_string([before, comma, added].concat())
    }
}

/// What a play adds to an event's data.
#[derive(Serialize)]
struct Added<'a> {
    #[serde(rename = "pId")]
    id: &'a str,
    #[serde(rename = "libVer")]
    build: &'a str,
}

/// A piece of guidance content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content<'a> {
    /// The content's type, such as `wt`; empty if unknown.
    pub kind: &'a str,
    /// The content's number.
    pub object: &'a str,
}

impl<'a> Content<'a> {
    /// The content that an event's data is about; `None` if it is about none. Also `None` if the data has a `pId`: then
    /// the page counts plays itself.
    pub fn of(data: &'a str) -> Option<Self> {
        // Most events have no content. They are not parsed twice.
        if !data.contains("\"oId\"") {
            return None;
        }
        let Members { kind, object, has_play: false } = serde_json::from_str(data).ok()? else { return None };
        let text = |value: &'a RawValue| value.get().trim_matches('"');
        Some(Content { kind: kind.map(text).unwrap_or_default(), object: text(object?) })
    }
}

/// The members of an event's data that name its content.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<&'a RawValue>,
    #[serde(rename = "oId", borrow)]
    object: Option<&'a RawValue>,
    #[serde(rename = "pId", default, deserialize_with = "is_there")]
    has_play: bool,
}

/// `true` for any value, `null` too.
fn is_there<'de, D: Deserializer<'de>>(reader: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(reader).map(|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    const START: i64 = 1_553_433_890_148;

    fn of<'p>(plays: &'p mut ContentPlays, event: &str, object: &str, host: &mut MemoryHost) -> &'p Play {
        plays.for_event(event, START, Content { kind: "wt", object }, host).unwrap()
    }

    #[test]
    fn the_events_of_a_play_have_its_id_until_the_next_play() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let first = of(plays, "play", "1", host).id.clone();
        let other = of(plays, "play", "2", host).id.clone();
        assert_eq!(of(plays, "step", "1", host).id, first);
        assert_eq!(of(plays, "complete", "1", host).id, first);
        assert_eq!(of(plays, "close", "2", host).id, other);
        assert_ne!(of(plays, "play", "1", host).id, first);
    }

    #[test]
    fn a_play_id_is_start_time_object_and_guid() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let id = of(plays, "play", "124909", host).id.clone();
        let guid = id.strip_prefix("1553433890148-124909-").unwrap();
        assert!(uuid::Uuid::try_parse(guid).is_ok(), "{id}");
    }

    #[test]
    fn an_interaction_has_one_guid() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let first = of(plays, "play", "1", host).interaction.clone();
        assert_eq!(of(plays, "step", "1", host).interaction, first);
        assert_ne!(of(plays, "play", "1", host).interaction, first);
    }

    #[test]
    fn content_is_identified_by_type_and_number() {
        for (data, content) in [
            (r#"{"type":"wt","oId":124909,"oName":"Log in"}"#, Some(("wt", "124909"))),
            (r#"{"oId":"7","type":"tip"}"#, Some(("tip", "7"))),
            (r#"{"oId":7}"#, Some(("", "7"))),
            (r#"{"type":"wt","oId":null}"#, None),
            (r#"{"type":"wt","oId":7,"pId":"mine"}"#, None),
            (r#"{"type":"wt","oId":7,"pId":null}"#, None),
            (r#"{"type":"wt"}"#, None),
            (r#"{"of":{"oId":7}}"#, None),
            (r#"{"text":"\"oId\""}"#, None),
            ("", None),
        ] {
            assert_eq!(Content::of(data).map(|content| (content.kind, content.object)), content, "{data}");
        }
    }

    #[test]
    fn the_number_of_plays_is_bounded() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        for object in 0..100 {
            of(plays, "play", &object.to_string(), host);
        }
        assert_eq!(plays.0.len(), MAX_PLAYS);
    }

    #[test]
    fn any_object_can_be_completed() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let play = of(plays, "play", "\"}", host);
        for data in ["{}", "{ }", r#"{"type":"wt","oId":"\"}"}"#] {
            let read: serde_json::Value = serde_json::from_str(play.complete(data).unwrap().get()).unwrap();
            assert_eq!(read["pId"], play.id);
            assert_eq!(read["libVer"], crate::BUILD);
        }
    }
}
