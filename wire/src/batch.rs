//! A batch as the recorder fills and sends it: what its events share once, then each event with nothing but what is its
//! own.
//!
//! ```json
//! {"v":1,"site":"…","tab":"…","seq":12,"last":13,"sent":1553433895150,"attempt":1,"request":"…","lost":{},
//!  "contexts":[{"sId":"…","interactionGuid":"…","wm":{…},"env":{…},"ctx":{…},"visions":{…},"version":{…}},
//!              {"ctx":{…}}],
//!  "events":[{"time":1553433890150,"type":"play","data":{…}},
//!            {"time":1553433891150,"type":"pageView","in":1,"data":{}}]}
//! ```
//! A context after the first names only the sections in which it differs from the first. An event says which context it
//! happened `in`; the first, where it says nothing. The n-th event has number `seq` + n, and so its id.

use crate::{Context, Lost, VERSION};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

/// An upper bound of what an envelope takes in bytes, site key aside.
pub const ENVELOPE_BYTES: usize = 600;

/// An upper bound of what an event takes in bytes beside its type and data.
const EVENT_BYTES: usize = 64;

/// An event of a batch.
#[derive(Clone, Debug, Serialize)]
struct BatchEvent {
    /// When it happened, epoch ms on the client's clock.
    time: i64,
    /// The verb; it satisfies [`crate::limits::is_type`].
    #[serde(rename = "type")]
    kind: String,
    /// The number of the context that it happened in.
    #[serde(rename = "in", skip_serializing_if = "is_first")]
    context: u32,
    /// Its data: a JSON object, as it came.
    data: Box<RawValue>,
}

fn is_first(context: &u32) -> bool {
    *context == 0
}

/// A batch that is being filled: events and the contexts that they happened in.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    contexts: Vec<Context>,
    events: Vec<BatchEvent>,
    /// The number of the context that events happen in now.
    current: u32,
    bytes: usize,
}

impl BatchBuilder {
    /// From here on, events happen in `context`. The first event needs one. Call it on change, not per event.
    pub fn set_context(&mut self, context: &Context) {
        let Some(base) = self.contexts.first() else {
            self.add_context(context.clone());
            return;
        };
        let change = context.since(base);
        if change == Context::default() {
            self.current = 0;
        } else if self.contexts.len() > 1 && self.contexts.last() == Some(&change) {
            self.current = self.contexts.len() as u32 - 1;
        } else {
            self.add_context(change);
        }
    }

    fn add_context(&mut self, context: Context) {
        self.bytes += json_bytes(&context);
        self.current = self.contexts.len() as u32;
        self.contexts.push(context);
    }

    /// Who the user is, and in which session, became known after the first events: it holds for all of them.
    pub fn backfill(&mut self, context: &Context) {
        if let Some(base) = self.contexts.first_mut() {
            self.bytes -= json_bytes(base);
            base.backfill(context);
            self.bytes += json_bytes(base);
        }
    }

    /// Adds an event that happened at `time` (epoch ms), in the context that was set last.
    pub fn push(&mut self, time: i64, kind: &str, data: Box<RawValue>) {
        debug_assert!(!self.contexts.is_empty(), "set_context comes before push");
        self.bytes += EVENT_BYTES + kind.len() + data.get().len();
        self.events.push(BatchEvent { time, kind: kind.to_owned(), context: self.current, data });
    }

    /// How many events there are.
    pub fn len(&self) -> u32 {
        self.events.len() as u32
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// An upper bound of the bytes that contexts and events take; the envelope adds [`ENVELOPE_BYTES`] at the most.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What is in the batch now, written as JSON.
    pub fn contents(&self) -> Contents {
        Contents { contexts: self.contexts.iter().map(raw).collect(), events: self.events.iter().map(raw).collect() }
    }
}

/// Numbers, texts and raw JSON can always be written.
fn raw(part: &impl Serialize) -> Box<RawValue> {
    to_raw_value(part).unwrap_or_default()
}

fn json_bytes(context: &Context) -> usize {
    raw(context).get().len() + 1
}

/// The contexts and events of a closed batch. Each is written as JSON once: it is stored, sent and sent again as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Contents {
    contexts: Vec<Box<RawValue>>,
    events: Vec<Box<RawValue>>,
}

impl Contents {
    /// How many events there are.
    pub fn len(&self) -> u32 {
        self.events.len() as u32
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The bytes that contexts and events take with their commas; the envelope adds [`ENVELOPE_BYTES`] at the most.
    pub fn bytes(&self) -> usize {
        self.contexts.iter().chain(&self.events).map(|part| part.get().len() + 1).sum()
    }

    /// Takes the events from number `count` on into a second batch; both keep all contexts. `None`: there are no more.
    pub fn split_off(&mut self, count: u32) -> Option<Contents> {
        let is_between = (1..self.len()).contains(&count);
        is_between.then(|| Contents { contexts: self.contexts.clone(), events: self.events.split_off(count as usize) })
    }
}

impl PartialEq for Contents {
    fn eq(&self, other: &Self) -> bool {
        fn same(one: &[Box<RawValue>], two: &[Box<RawValue>]) -> bool {
            one.iter().map(|part| part.get()).eq(two.iter().map(|part| part.get()))
        }
        same(&self.contexts, &other.contexts) && same(&self.events, &other.events)
    }
}

/// What a batch says of itself. It may change from attempt to attempt; the events do not.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The site's key.
    pub site: &'a str,
    /// The tab that recorded it.
    pub tab: Uuid,
    /// The number of its first event among the tab's events, from 0.
    pub seq: u64,
    /// The number of the newest event that the tab has recorded: what is below and never arrives is missing.
    pub last: u64,
    /// When this attempt is made, epoch ms on the client's clock.
    pub sent: i64,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The attempt's own GUID: the reply repeats it, and no other reply is believed.
    pub request: Uuid,
    /// What the tab has lost so far.
    pub lost: Lost,
}

impl Envelope<'_> {
    /// The body to send.
    pub fn body(&self, contents: &Contents) -> String {
        let Envelope { site, tab, seq, last, sent, attempt, request, lost } = *self;
        let Contents { contexts, events, .. } = contents;
        let body = Body { v: VERSION, site, tab, seq, last, sent, attempt, request, lost, contexts, events };
        // Numbers, texts and raw JSON can always be written.
        serde_json::to_string(&body).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Body<'a> {
    v: u32,
    site: &'a str,
    tab: Uuid,
    seq: u64,
    last: u64,
    sent: i64,
    attempt: u32,
    request: Uuid,
    lost: Lost,
    contexts: &'a [Box<RawValue>],
    events: &'a [Box<RawValue>],
}
