//! Packs events into a batch: what they share once, then each event with nothing but what is its own.
//!
//! ```json
//! {"v":1,"site":"…","tab":"…","seq":12,"last":13,"sent":1553433895150,"attempt":1,"lost":{},
//!  "contexts":[{"sId":"…","interactionGuid":"…","wm":{…},"env":{…},"ctx":{…},"visions":{…},"version":{…}},
//!              {"ctx":{…}}],
//!  "events":[{"time":1553433890150,"type":"play","data":{…}},
//!            {"time":1553433891150,"type":"pageView","in":1,"data":{}}]}
//! ```
//! A context after the first names only the sections in which it differs from the first; an event says which context
//! it happened `in`, the first where it says nothing. The n-th event has number `seq` + n and so its id.

use crate::{Lost, Shared, json};
use serde::Serialize;
use uuid::Uuid;

/// What a batch says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope<'a> {
    /// The format's version: [`crate::VERSION`].
    pub v: u32,
    /// The site's key.
    pub site: &'a str,
    /// The tab that recorded it.
    pub tab: Uuid,
    /// The number of its first event among the tab's events, from 0.
    pub seq: u64,
    /// The number of the newest event that the tab has recorded: what is below and never arrives is missing.
    pub last: u64,
    /// When this attempt to send it is made, epoch ms on the client's clock.
    pub sent: i64,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// What the tab has lost so far.
    pub lost: Lost,
}

/// More than the members of an envelope and the punctuation around them ever take, site key aside.
pub const ENVELOPE_BYTES: usize = 400;

/// A batch that is being filled: [`Encoder::share`] what follows, [`Encoder::push`] each event, then
/// [`Encoder::body`].
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    base: Option<Shared>,
    contexts: String,
    /// Where the newest context begins in `contexts`, and its number.
    newest: (usize, u32),
    /// The number of the context that events happen in now.
    current: u32,
    events: String,
    count: u32,
}

impl Encoder {
    /// From here on, events happen in `shared`. The first event needs one. Call it on change, not per event.
    pub fn share(&mut self, shared: &Shared) {
        let (start, number) = self.newest;
        let end = self.contexts.len();
        let Some(base) = &self.base else {
            shared.write_since(&Shared::default(), &mut self.contexts);
            self.base = Some(shared.clone());
            return;
        };
        self.current = 0;
        if base == shared {
            return;
        }
        self.contexts.push(',');
        shared.write_since(base, &mut self.contexts);
        if number > 0 && self.contexts.get(end..) == self.contexts.get(start..end) {
            self.contexts.truncate(end);
        } else {
            self.newest = (end, number + 1);
        }
        self.current = self.newest.1;
    }

    /// Adds an event: `kind` must satisfy [`crate::limits::is_type`], `data` must be a JSON object and goes in as it is.
    pub fn push(&mut self, time: i64, kind: &str, data: &str) {
        debug_assert!(self.base.is_some(), "share() comes before push()");
        if self.count > 0 {
            self.events.push(',');
        }
        self.events.push_str("{\"time\":");
        json::push_int(&mut self.events, time);
        self.events.push_str(",\"type\":\"");
        self.events.push_str(kind);
        self.events.push('"');
        if self.current > 0 {
            self.events.push_str(",\"in\":");
            json::push_int(&mut self.events, self.current.into());
        }
        self.events.push_str(",\"data\":");
        self.events.push_str(data);
        self.events.push('}');
        self.count += 1;
    }

    /// How many events it holds.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many bytes its contexts and events take; the envelope adds [`ENVELOPE_BYTES`] at the most.
    pub fn bytes(&self) -> usize {
        self.contexts.len() + self.events.len()
    }

    /// The body to send.
    pub fn body(&self, envelope: &Envelope<'_>) -> String {
        let mut out = String::with_capacity(self.bytes() + ENVELOPE_BYTES);
        let written = json::write(envelope, &mut out);
        debug_assert!(written.is_ok(), "an envelope holds only what the writer knows");
        out.pop();
        out.push_str(",\"contexts\":[");
        out.push_str(&self.contexts);
        out.push_str("],\"events\":[");
        out.push_str(&self.events);
        out.push_str("]}");
        out
    }
}
