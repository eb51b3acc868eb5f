//! Plays of guidance content. All events of a play share its ID and its interaction GUID.

use crate::command::Record;
use crate::host::{Host, new_guid};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::fmt;

/// The maximum number of plays in memory. Above this number the oldest play is dropped.
const MAX_PLAYS: usize = 32;

/// The plays that later events may belong to.
#[derive(Debug, Default)]
pub struct ContentPlays(Vec<Play>);

/// One play of a piece of content.
#[derive(Debug)]
pub struct Play {
    content: String,
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

    /// The play that the event belongs to. The events `play`, `playFailed` and `open` begin a play. So does any event
    /// of content that has no play yet: an onboarding task can be completed without having been played.
    pub fn for_event(&mut self, event: Record<'_>, host: &mut impl Host) -> Option<&Play> {
        let begins = matches!(event.kind, "play" | "playFailed" | "open");
        let known = self.0.iter().position(|play| play.content == event.content);
        if begins || known.is_none() {
            // The new play replaces the last play of this content, else the oldest play.
            if known.is_some() || self.0.len() == MAX_PLAYS {
                self.0.remove(known.unwrap_or_default());
            }
            self.0.push(Play::begin(event, host));
            return self.0.last();
        }
        known.and_then(|at| self.0.get(at))
    }
}

impl Play {
    fn begin(event: Record<'_>, host: &mut impl Host) -> Self {
        let (_, object) = event.content.split_once(':').unwrap_or_default();
        let start = itoa::Buffer::new().format(event.at).to_owned();
        let id = [&*start, "-", object, "-", &new_guid(host)].concat();
        Play { content: event.content.to_owned(), id, interaction: new_guid(host) }
    }

    /// Adds the play's ID (`pId`) and the recorder's build (`libVer`) to the event's data.
    ///
    /// # Errors
    /// `data` is not a JSON object.
    pub fn complete(&self, data: &str) -> serde_json::Result<Box<RawValue>> {
        let mut members: Members<'_> = serde_json::from_str(data)?;
        let (id, build) = (to_raw_value(&self.id)?, to_raw_value(crate::BUILD)?);
        members.0.push((Cow::Borrowed("pId"), &id));
        members.0.push((Cow::Borrowed("libVer"), &build));
        to_raw_value(&members)
    }
}

/// Returns `<type>:<oId>` if the data belongs to guidance content. `None` if the data has a `pId`: then the page counts
/// plays itself.
pub fn content_of(data: &str) -> Option<String> {
    // Most events have no content. They are not parsed twice.
    if !data.as_bytes().windows(OBJECT_ID.len()).any(|part| part == OBJECT_ID) {
        return None;
    }
    let Members(members) = serde_json::from_str(data).ok()?;
    let text = |name: &str| {
        let (_, value) = members.iter().find(|(key, _)| key == name)?;
        Some(value.get().trim_matches('"'))
    };
    let (object, None) = (text("oId")?, text("pId")) else { return None };
    Some([text("type").unwrap_or_default(), ":", object].concat())
}

const OBJECT_ID: &[u8] = b"\"oId\"";

/// The members of a JSON object in their original order, with unparsed values.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some((Key(key), value)) = map.next_entry()? {
            members.push((key, value));
        }
        Ok(Members(members))
    }
}

/// A key, borrowed if it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    fn event<'a>(kind: &'a str, content: &'a str) -> Record<'a> {
        Record { at: 1_553_433_890_148, kind, data: "{}", content }
    }

    fn of<'p>(plays: &'p mut ContentPlays, kind: &str, content: &str, host: &mut MemoryHost) -> &'p Play {
        plays.for_event(event(kind, content), host).unwrap()
    }

    #[test]
    fn the_events_of_a_play_have_its_id_until_the_next_play() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let first = of(plays, "play", "wt:1", host).id.clone();
        let other = of(plays, "play", "wt:2", host).id.clone();
        assert_eq!(of(plays, "step", "wt:1", host).id, first);
        assert_eq!(of(plays, "complete", "wt:1", host).id, first);
        assert_eq!(of(plays, "close", "wt:2", host).id, other);
        assert_ne!(of(plays, "play", "wt:1", host).id, first);
    }

    #[test]
    fn a_play_id_is_start_time_object_and_guid() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let id = of(plays, "play", "wt:124909", host).id.clone();
        let guid = id.strip_prefix("1553433890148-124909-").unwrap();
        assert!(uuid::Uuid::try_parse(guid).is_ok(), "{id}");
    }

    #[test]
    fn an_interaction_has_one_guid() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let first = of(plays, "play", "wt:1", host).interaction.clone();
        assert_eq!(of(plays, "step", "wt:1", host).interaction, first);
        assert_ne!(of(plays, "play", "wt:1", host).interaction, first);
    }

    #[test]
    fn content_is_identified_by_type_and_number() {
        for (data, content) in [
            (r#"{"type":"wt","oId":124909,"oName":"Log in"}"#, Some("wt:124909")),
            (r#"{"oId":"7","type":"tip"}"#, Some("tip:7")),
            (r#"{"oId":7}"#, Some(":7")),
            (r#"{"type":"wt","oId":7,"pId":"mine"}"#, None),
            (r#"{"type":"wt"}"#, None),
            (r#"{"of":{"oId":7}}"#, None),
            (r#"{"text":"\"oId\""}"#, None),
            ("", None),
        ] {
            assert_eq!(content_of(data).as_deref(), content, "{data}");
        }
    }

    #[test]
    fn the_number_of_plays_is_bounded() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        for object in 0..100 {
            of(plays, "play", &format!("wt:{object}"), host);
        }
        assert_eq!(plays.0.len(), MAX_PLAYS);
    }

    #[test]
    fn any_object_can_be_completed() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let play = of(plays, "play", "wt:\"}", host);
        for data in ["{}", r#"{"type":"wt","oId":"\"}"}"#] {
            let read: serde_json::Value = serde_json::from_str(play.complete(data).unwrap().get()).unwrap();
            assert_eq!(read["pId"], play.id);
            assert_eq!(read["libVer"], crate::BUILD);
        }
    }
}
