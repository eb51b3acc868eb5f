//! Plays of guidance content: each has an id and an interaction GUID that its later events carry too.

use crate::host::{Host, guid};
use crate::input::Record;
use waymark_wire::json;
use waymark_wire::text::next_part;

/// How many pieces of content are remembered at once; the one begun longest ago makes room.
const MOST: usize = 32;

/// The plays that later events may belong to.
#[derive(Debug)]
pub struct Plays(Vec<Play>);

/// One play of a piece of content.
#[derive(Debug)]
pub struct Play {
    content: String,
    /// `<start in epoch ms>-<oId>-<guid>`.
    pub id: String,
    /// The event's `wm.interactionGuid`.
    pub interaction: String,
}

impl Plays {
    /// None yet.
    pub const fn new() -> Self {
        Plays(Vec::new())
    }

    /// None any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The play that the event belongs to. `play`, `playFailed` and `open` begin one; so does any event of content that
    /// has none: an onboarding task can be completed without having been played.
    pub fn of(&mut self, event: Record<'_>, host: &mut impl Host) -> Option<&Play> {
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
        let mut object = event.content;
        next_part(&mut object, b':');
        let mut id = String::new();
        json::push_int(&mut id, event.at);
        for part in ["-", object, "-", &guid(host)] {
            id.push_str(part);
        }
        Play { content: event.content.to_owned(), id, interaction: guid(host) }
    }

    /// The event's data with what the recorder knows of the play. `data` is the text of a JSON object without a `pId`
    /// and without white space around it.
    pub fn complete(&self, data: &str) -> String {
        let mut out = String::with_capacity(data.len() + 128);
        out.push_str(data.strip_suffix("}").unwrap_or(data));
        if data.len() > 2 {
            out.push_str(",");
        }
        out.push_str("\"pId\":");
        json::push_str(&mut out, &self.id);
        out.push_str(",\"libVer\":");
        json::push_str(&mut out, crate::BUILD);
        out.push_str("}");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    fn event<'a>(kind: &'a str, content: &'a str) -> Record<'a> {
        Record { at: 1_553_433_890_148, kind, data: "{}", content }
    }

    fn of<'p>(plays: &'p mut Plays, kind: &str, content: &str, host: &mut MemoryHost) -> &'p Play {
        plays.of(event(kind, content), host).unwrap()
    }

    #[test]
    fn the_events_of_a_play_carry_its_id_until_the_next_play() {
        let (host, plays) = (&mut MemoryHost::default(), &mut Plays::new());
        let first = of(plays, "play", "wt:1", host).id.clone();
        let other = of(plays, "play", "wt:2", host).id.clone();
        assert_eq!(of(plays, "step", "wt:1", host).id, first);
        assert_eq!(of(plays, "complete", "wt:1", host).id, first);
        assert_eq!(of(plays, "close", "wt:2", host).id, other);
        assert_ne!(of(plays, "play", "wt:1", host).id, first);
    }

    #[test]
    fn a_play_id_is_start_object_and_guid() {
        let (host, plays) = (&mut MemoryHost::default(), &mut Plays::new());
        let id = of(plays, "play", "wt:124909", host).id.clone();
        let guid = id.strip_prefix("1553433890148-124909-").unwrap();
        assert!(uuid::Uuid::try_parse(guid).is_ok(), "{id}");
    }

    #[test]
    fn an_interaction_has_one_guid() {
        let (host, plays) = (&mut MemoryHost::default(), &mut Plays::new());
        let first = of(plays, "play", "wt:1", host).interaction.clone();
        assert_eq!(of(plays, "step", "wt:1", host).interaction, first);
        assert_ne!(of(plays, "play", "wt:1", host).interaction, first);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (host, plays) = (&mut MemoryHost::default(), &mut Plays::new());
        for object in 0..100 {
            of(plays, "play", &format!("wt:{object}"), host);
        }
        assert_eq!(plays.0.len(), MOST);
    }

    #[test]
    fn data_stays_an_object_whatever_stood_in_it() {
        let (host, plays) = (&mut MemoryHost::default(), &mut Plays::new());
        let play = of(plays, "play", "wt:\"}", host);
        for data in ["{}", r#"{"type":"wt","oId":"\"}"}"#] {
            let read: serde_json::Value = serde_json::from_str(&play.complete(data)).unwrap();
            assert_eq!(read["pId"], play.id);
            assert_eq!(read["libVer"], crate::BUILD);
        }
    }
}
