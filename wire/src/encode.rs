//! Packs events into a batch: what they share once, then each event with nothing but what is its own.
//!
//! ```json
//! {"v":2,"site":"…","tab":"…","seq":12,"last":13,"sent":1553433895150,"attempt":1,"request":"…","lost":{},
//!  "contexts":[{"sId":"…","interactionGuid":"…","wm":{…},"env":{…},"ctx":{…},"visions":{…},"version":{…}},
//!              {"ctx":{…}}],
//!  "events":[{"time":1553433890150,"type":"play","data":{…}},
//!            {"time":1553433891150,"type":"pageView","in":1,"data":{}}]}
//! ```
//! A context after the first names only the sections in which it differs from the first; an event says which context
//! it happened `in`, the first where it says nothing. The n-th event has number `seq` + n and so its id.

use crate::json::{self, Object};
use crate::text::find;
use crate::{Lost, Shared, VERSION};

/// What a batch says of itself. It may change from attempt to attempt; the events do not.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// The site's key.
    pub site: &'a str,
    /// The tab that recorded it, a hyphenated GUID.
    pub tab: &'a str,
    /// The number of its first event among the tab's events, from 0.
    pub seq: u64,
    /// The number of the newest event that the tab has recorded: what is below and never arrives is missing.
    pub last: u64,
    /// When this attempt to send it is made, epoch ms on the client's clock.
    pub sent: i64,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The attempt's own GUID: the answer repeats it, and no other answer is believed.
    pub request: &'a str,
    /// What the tab has lost so far.
    pub lost: Lost,
}

/// More than the members of an envelope and the punctuation around them ever take, site key aside.
pub const ENVELOPE_BYTES: usize = 600;

impl Envelope<'_> {
    /// The body to send: the envelope around what [`Encoder::seal`] gave.
    pub fn body(&self, sealed: &str) -> String {
        let mut out = String::with_capacity(sealed.len() + ENVELOPE_BYTES);
        let mut object = Object::open(&mut out);
        object.int("v", VERSION.into()).text("site", self.site).text("tab", self.tab);
        object.int("seq", self.seq as i64).int("last", self.last as i64).int("sent", self.sent);
        object.int("attempt", self.attempt.into()).text("request", self.request);
        self.lost.write(object.member("lost"));
        out.push_str(sealed);
        out
    }
}

/// A batch that is being filled: [`Encoder::share`] what follows, [`Encoder::push`] each event, then [`Encoder::seal`].
#[derive(Clone, Debug)]
pub struct Encoder {
    /// What the first context says.
    base: Shared,
    contexts: String,
    /// Where the newest context begins in `contexts`, and its number.
    newest: (usize, u32),
    /// The number of the context that events happen in now.
    current: u32,
    events: String,
    count: u32,
}

impl Encoder {
    /// An empty batch.
    pub const fn new() -> Self {
        Encoder {
            base: Shared::new(),
            contexts: String::new(),
            newest: (0, 0),
            current: 0,
            events: String::new(),
            count: 0,
        }
    }

    /// From here on, events happen in `shared`. The first event needs one. Call it on change, not per event.
    pub fn share(&mut self, shared: &Shared) {
        let (start, number) = self.newest;
        let end = self.contexts.len();
        self.current = 0;
        if end > 0 && self.base == *shared {
            return;
        }
        let mut text = String::new();
        shared.write_since(&self.base, &mut text);
        text.push_str("}");
        if end == 0 {
            self.base.copy(shared);
            self.contexts = text;
            return;
        }
        if number == 0 || self.contexts.get(start..) != Some(&text) {
            self.contexts.push_str(",");
            self.newest = (end + 1, number + 1);
            self.contexts.push_str(&text);
        }
        self.current = self.newest.1;
    }

    /// The sections that no context has named yet are those of `shared`, for all events so far: who the user is, and in
    /// which session, may become known after the first events.
    pub fn complete(&mut self, shared: &Shared) {
        let mut text = String::new();
        if !self.contexts.is_empty() {
            self.base.complete(shared, &mut text);
        }
        if text.is_empty() {
            return;
        }
        text.push_str(",");
        if self.newest.1 > 0 {
            self.newest.0 += text.len() - 1;
        }
        text.push_str(self.contexts.get(1..).unwrap_or_default());
        self.contexts = text;
    }

    /// Adds an event: `kind` must satisfy [`crate::limits::is_type`], `data` must be a JSON object and goes in as it is.
    pub fn push(&mut self, time: i64, kind: &str, data: &str) {
        debug_assert!(!self.contexts.is_empty(), "share() comes before push()");
        let out = &mut self.events;
        out.push_str(if self.count > 0 { ",{\"time\":" } else { "{\"time\":" });
        json::push_int(out, time);
        out.push_str(",\"type\":\"");
        out.push_str(kind);
        if self.current > 0 {
            out.push_str("\",\"in\":");
            json::push_int(out, self.current.into());
            out.push_str(",\"data\":");
        } else {
            out.push_str("\",\"data\":");
        }
        out.push_str(data);
        out.push_str("}");
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

    /// What it holds, as the part of a body that follows the envelope.
    pub fn sealed(&self) -> String {
        let mut sealed = String::with_capacity(self.bytes() + 32);
        for part in [",\"contexts\":[", &self.contexts, EVENTS, &self.events, END] {
            sealed.push_str(part);
        }
        sealed
    }

    /// Takes everything out, as [`Encoder::sealed`] gives it.
    pub fn seal(&mut self) -> String {
        let sealed = self.sealed();
        self.contexts.clear();
        self.base = Shared::new();
        self.newest = (0, 0);
        self.current = 0;
        self.events.clear();
        self.count = 0;
        sealed
    }
}

/// What stands between contexts and events. Inside a JSON string its quotes would be escaped.
const EVENTS: &str = "],\"events\":[";

/// What stands behind the events.
const END: &str = "]}";

/// What is sealed where there are no events: a batch that only declares losses.
pub const NOTHING: &str = ",\"contexts\":[],\"events\":[]}";

/// The first `count` events of what was sealed, and the rest of them, each with all of its contexts; nothing where there
/// are not more of them.
pub fn cut(sealed: &str, count: u32) -> Option<(String, String)> {
    let start = find(sealed, EVENTS)? + EVENTS.len();
    let end = sealed.len().checked_sub(END.len())?;
    let (mut depth, mut in_string, mut escaped, mut left) = (0, false, false, count);
    for (at, byte) in sealed.bytes().enumerate().take(end).skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                left -= 1;
                if left == 0 {
                    let mut first = sealed.get(..at)?.to_owned();
                    first.push_str(END);
                    let mut rest = sealed.get(..start)?.to_owned();
                    rest.push_str(sealed.get(at + 1..)?);
                    return Some((first, rest));
                }
            }
            _ => {}
        }
    }
    None
}
