//! Encodes an event as the JSON line that is stored: byte for byte what serde writes for an [`Event`] with its
//! [`Server`]. What the events of a batch share is encoded once.

use serde::Serialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use uuid::Uuid;
use waymark_wire::{Bot, Ctx, Env, Event, Place, Server, Version, Visions, Wm};

/// Encodes the events of one batch.
pub(crate) struct EventEncoder {
    server: Server,
    /// The members of `server` before the number of the event, and those after what is its own.
    origin: Vec<u8>,
    sender: Vec<u8>,
    /// The sections of the last event, and their members.
    sections: Option<(Sections, Vec<u8>)>,
    /// Events of a batch are of a size: room for one is room for the next.
    line: Vec<u8>,
}

impl EventEncoder {
    /// `server` holds for all events, except for `seq`, `corrected` and `bot`.
    pub(crate) fn new(server: Server) -> serde_json::Result<Self> {
        let origin = members(&Origin { site: &server.site, tab: server.tab })?;
        let sender = members(&Client { ip: server.ip.as_deref(), place: server.place.as_ref() })?;
        Ok(EventEncoder { server, origin, sender, sections: None, line: Vec::new() })
    }

    /// Encodes the event with number `seq` of its tab.
    pub(crate) fn encode(
        &mut self,
        event: &Event,
        seq: u64,
        corrected: Option<i64>,
        bot: Option<Bot>,
    ) -> serde_json::Result<&[u8]> {
        let sections = match self.sections.take() {
            Some(last) if last.0.are_of(event) => last,
            _ => {
                let sections = Sections::of(event);
                let text = members(&sections)?;
                (sections, text)
            }
        };
        let (_, shared) = self.sections.insert(sections);
        let Event { id, time, kind, data, .. } = event;
        let Server { sent, received, .. } = self.server;
        let line = &mut self.line;
        line.clear();
        append_members(line, b"{", &Own { id: *id, time: *time, kind, data })?;
        line.extend_from_slice(b",");
        line.extend_from_slice(shared);
        line.extend_from_slice(b",\"server\":{");
        line.extend_from_slice(&self.origin);
        append_members(line, b",", &Arrival { seq, sent, received, corrected, bot })?;
        if !self.sender.is_empty() {
            line.extend_from_slice(b",");
            line.extend_from_slice(&self.sender);
        }
        line.extend_from_slice(b"}}");
        Ok(line)
    }
}

/// The members of one event only.
#[derive(Serialize)]
struct Own<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    time: i64,
    #[serde(rename = "type")]
    kind: &'a str,
    data: &'a RawValue,
}

/// The members that all events of a context share.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sections {
    s_id: Arc<str>,
    wm: Arc<Wm>,
    env: Arc<Env>,
    ctx: Arc<Ctx>,
    visions: Arc<Visions>,
    version: Arc<Version>,
}

impl Sections {
    fn of(event: &Event) -> Self {
        Sections {
            s_id: Arc::clone(&event.s_id),
            wm: Arc::clone(&event.wm),
            env: Arc::clone(&event.env),
            ctx: Arc::clone(&event.ctx),
            visions: Arc::clone(&event.visions),
            version: Arc::clone(&event.version),
        }
    }

    /// Whether `event` holds the same allocations.
    fn are_of(&self, event: &Event) -> bool {
        Arc::ptr_eq(&self.s_id, &event.s_id)
            && Arc::ptr_eq(&self.wm, &event.wm)
            && Arc::ptr_eq(&self.env, &event.env)
            && Arc::ptr_eq(&self.ctx, &event.ctx)
            && Arc::ptr_eq(&self.visions, &event.visions)
            && Arc::ptr_eq(&self.version, &event.version)
    }
}

/// [`Server`] in three parts. Only the second differs between events.
#[derive(Serialize)]
struct Origin<'a> {
    site: &'a str,
    tab: Uuid,
}

#[derive(Serialize)]
struct Arrival {
    seq: u64,
    sent: i64,
    received: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<Bot>,
}

#[derive(Serialize)]
struct Client<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
}

/// The members of an object, without its braces.
fn members(object: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(object)?;
    text.pop();
    text.remove(0);
    Ok(text)
}

/// Appends the members of an object, with `first` instead of its first brace.
fn append_members(line: &mut Vec<u8>, first: &[u8; 1], object: &impl Serialize) -> serde_json::Result<()> {
    let begin = line.len();
    serde_json::to_writer(&mut *line, object)?;
    line[begin] = first[0];
    line.pop();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use waymark_wire::{Allowed, Batch, Level};

    const BATCHES: [&str; 2] = [
        include_str!("../../../wire/fixtures/v1/batch.json"),
        include_str!("../../../wire/fixtures/v1/sparse-batch.json"),
    ];

    #[test]
    fn a_line_is_what_serde_writes_of_the_event() {
        let place = Place { country: Some("SE".to_owned()), city: Some("\"Å\"".to_owned()) };
        let senders = [(None, None), (Some("192.0.2.0".to_owned()), None), (None, Some(place.clone()))];
        for text in BATCHES {
            let batch = Batch::read(text.as_bytes()).unwrap();
            let read = || batch.expand("3210be7ad82f403298f7c4da065ec657", &Allowed::at(Level::Playback)).events;
            // The contexts take turns, and those of the second reading are equal but others.
            let events: Vec<(u64, Event)> = [read(), read()].into_iter().flatten().map(Result::unwrap).collect();
            for (ip, place) in senders.clone() {
                let (site, tab) = ("a\"b".to_owned(), batch.tab);
                let server = Server { site, tab, seq: 0, sent: -1, received: 2, corrected: None, bot: None, ip, place };
                let mut lines = EventEncoder::new(server.clone()).unwrap();
                for (seq, event) in &events {
                    for (corrected, bot) in
                        [(None, None), (Some(7), Some(Bot::UserAgent)), (None, Some(Bot::WebDriver))]
                    {
                        let server = Some(Server { seq: *seq, corrected, bot, ..server.clone() });
                        let whole = serde_json::to_string(&Event { server, ..event.clone() }).unwrap();
                        assert_eq!(str::from_utf8(lines.encode(event, *seq, corrected, bot).unwrap()).unwrap(), whole);
                    }
                }
            }
        }
    }
}
