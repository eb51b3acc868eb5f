//! Plays of guidance content: each has an id and an interaction GUID that its later events carry too.

use crate::command::Record;
use crate::host::{Host, guid};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::fmt;

/// How many pieces of content are remembered at once. The one begun longest ago makes room.
const MOST: usize = 32;

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
    /// Forgets all plays.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The play that the event belongs to. `play`, `playFailed` and `open` begin one. So does any event of content without
    /// one: an onboarding task can be completed without having been played.
    pub fn for_event(&mut self, event: Record<'_>, host: &mut impl Host) -> Option<&Play> {
        let begins = matches!(event.kind, "play" | "playFailed" | "open");
        let known = self.0.iter().position(|play| play.content == event.content);
        if begins || known.is_none() {
            // The last play of this content makes room, or else the oldest of all.
            if known.is_some() || self.0.len() == MOST {
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
        let id = [&*start, "-", object, "-", &guid(host)].concat();
        Play { content: event.content.to_owned(), id, interaction: guid(host) }
    }

    /// The event's data with what the recorder knows of the play: `pId` and `libVer`.
    ///
    /// # Errors
    /// That `data` is no JSON object.
    pub fn complete(&self, data: &str) -> serde_json::Result<Box<RawValue>> {
        let mut members: Members<'_> = serde_json::from_str(data)?;
        let (id, build) = (to_raw_value(&self.id)?, to_raw_value(crate::BUILD)?);
        members.0.push((Cow::Borrowed("pId"), &id));
        members.0.push((Cow::Borrowed("libVer"), &build));
        to_raw_value(&members)
    }
}

/// `<type>:<oId>` where the data is that of guidance content. Content is told by its number; an event that has its `pId` is
/// left to the page, which counts plays itself.
pub fn content_of(data: &str) -> Option<String> {
    // Most events are of no content: they are not read twice.
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

/// The members of a JSON object in their order, their values as they came.
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

/// A key, which is borrowed where it has no escapes.
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
    fn the_events_of_a_play_carry_its_id_until_the_next_play() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let first = of(plays, "play", "wt:1", host).id.clone();
        let other = of(plays, "play", "wt:2", host).id.clone();
        assert_eq!(of(plays, "step", "wt:1", host).id, first);
        assert_eq!(of(plays, "complete", "wt:1", host).id, first);
        assert_eq!(of(plays, "close", "wt:2", host).id, other);
        assert_ne!(of(plays, "play", "wt:1", host).id, first);
    }

    #[test]
    fn a_play_id_is_start_object_and_guid() {
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
    fn content_is_told_by_its_type_and_number() {
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
    fn what_is_remembered_is_bounded() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        for object in 0..100 {
            of(plays, "play", &format!("wt:{object}"), host);
        }
        assert_eq!(plays.0.len(), MOST);
    }

    #[test]
    fn data_stays_an_object_whatever_stood_in_it() {
        let (host, plays) = (&mut MemoryHost::default(), &mut ContentPlays::default());
        let play = of(plays, "play", "wt:\"}", host);
        for data in ["{}", r#"{"type":"wt","oId":"\"}"}"#] {
            let read: serde_json::Value = serde_json::from_str(play.complete(data).unwrap().get()).unwrap();
            assert_eq!(read["pId"], play.id);
            assert_eq!(read["libVer"], crate::BUILD);
        }
    }
}
