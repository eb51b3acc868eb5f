//! A batch as the recorder fills and sends it: the contexts that events share, then each event without its context.
//!
//! ```json
//! {"v":1,"site":"…","tab":"…","seq":12,"last":13,"sent":1553433895150,"attempt":1,"request":"…","lost":{},
//!  "contexts":[{"sId":"…","interactionGuid":"…","wm":{…},"env":{…},"ctx":{…},"visions":{…},"version":{…}},
//!              {"ctx":{…}}],
//!  "events":[{"time":1553433890150,"type":"play","data":{…}},
//!            {"time":1553433891150,"type":"pageView","in":1,"data":{}}]}
//! ```
//! A context after the first has only the sections in which it differs from the first. Each event names its context in
//! `in`; without `in` it is the first context. The event at index n has the number `seq` + n, from which its ID is
//! computed.

use crate::{Context, Lost, VERSION};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

/// An upper bound of the size of an envelope without the site key, in bytes.
pub const ENVELOPE_BYTES: usize = 600;

/// An upper bound of the size of an event without type and data, in bytes.
const EVENT_BYTES: usize = 64;

/// An event of a batch.
#[derive(Clone, Debug, Serialize)]
struct BatchEvent {
    /// When the event happened, epoch ms on the client's clock.
    time: i64,
    /// The type, which satisfies [`crate::limits::is_type`].
    #[serde(rename = "type")]
    kind: String,
    /// The index of the event's context.
    #[serde(rename = "in", skip_serializing_if = "is_first")]
    context: u32,
    /// The data: an unparsed JSON object.
    data: Box<RawValue>,
}

fn is_first(context: &u32) -> bool {
    *context == 0
}

/// A batch that is being filled: events and their contexts.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    contexts: Vec<Context>,
    events: Vec<BatchEvent>,
    /// The index of the context of new events.
    current: u32,
    bytes: usize,
}

impl BatchBuilder {
    /// Sets the context of the events pushed from now on. Call it before the first event and on changes, not for each
    /// event.
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

    /// Adds user and session, which became known after the first events, to the context of all events.
    pub fn backfill(&mut self, context: &Context) {
        if let Some(base) = self.contexts.first_mut() {
            self.bytes -= json_bytes(base);
            base.backfill(context);
            self.bytes += json_bytes(base);
        }
    }

    /// Adds an event that happened at `time` (epoch ms), in the last context that was set.
    pub fn push(&mut self, time: i64, kind: &str, data: Box<RawValue>) {
        debug_assert!(!self.contexts.is_empty(), "set_context comes before push");
        let escapes = kind.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        self.bytes += EVENT_BYTES + kind.len() + escapes + data.get().len();
        self.events.push(BatchEvent { time, kind: kind.to_owned(), context: self.current, data });
    }

    /// The number of events.
    pub fn len(&self) -> u32 {
        self.events.len() as u32
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// An upper bound of the size of contexts and events, in bytes. The envelope adds at most [`ENVELOPE_BYTES`].
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The batch's contexts and events as JSON.
    pub fn contents(&self) -> Contents {
        Contents { contexts: self.contexts.iter().map(raw).collect(), events: self.events.iter().map(raw).collect() }
    }
}

/// Serialises a part of a batch. Serialising numbers, strings and raw JSON cannot fail.
fn raw(part: &impl Serialize) -> Box<RawValue> {
    to_raw_value(part).unwrap_or_default()
}

fn json_bytes(context: &Context) -> usize {
    raw(context).get().len() + 1
}

/// The contexts and events of a closed batch. Each is serialised once; the same JSON is stored, sent and sent again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Contents {
    contexts: Vec<Box<RawValue>>,
    events: Vec<Box<RawValue>>,
}

impl Contents {
    /// The number of events.
    pub fn len(&self) -> u32 {
        self.events.len() as u32
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The size of contexts and events with their commas, in bytes. The envelope adds at most [`ENVELOPE_BYTES`].
    pub fn bytes(&self) -> usize {
        self.contexts.iter().chain(&self.events).map(|part| part.get().len() + 1).sum()
    }

    /// Moves the events from index `count` on into a second batch. Both batches keep all contexts. `None` if there are
    /// no events from that index on.
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

/// The description of a batch. The envelope may differ from attempt to attempt; the events do not.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The site's key.
    pub site: &'a str,
    /// The tab that recorded the batch.
    pub tab: Uuid,
    /// The number of the first event among the tab's events, from 0.
    pub seq: u64,
    /// The number of the newest event that the tab has recorded. Events with lower numbers that never arrive are
    /// missing.
    pub last: u64,
    /// When this attempt is made, epoch ms on the client's clock.
    pub sent: i64,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The attempt's GUID. The recorder accepts only a reply that repeats it.
    pub request: Uuid,
    /// The tab's losses so far.
    pub lost: Lost,
}

impl Envelope<'_> {
    /// The body to send.
    pub fn body(&self, contents: &Contents) -> String {
        let Envelope { site, tab, seq, last, sent, attempt, request, lost } = *self;
        let Contents { contexts, events, .. } = contents;
        let body = Body { v: VERSION, site, tab, seq, last, sent, attempt, request, lost, contexts, events };
        // Serialising numbers, strings and raw JSON cannot fail.
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
