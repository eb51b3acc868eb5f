//! Reads an untrusted batch and expands it to canonical events. An invalid event is rejected by itself. The whole batch
//! is refused only if it cannot be read as a batch.

mod sections;

use crate::level::DataField;
use crate::sanitize::{has_endless_number, one_line};
use crate::{Allowed, Event, Level, VERSION, event_id, limits};
use crate::{EventError, RejectReason};
use sections::{Sections, strip};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

/// A received batch. For its envelope see [`crate::Envelope`].
#[derive(Debug, Deserialize)]
pub struct Batch<'a> {
    /// The format's version.
    pub v: u32,
    /// The site's key.
    #[serde(borrow)]
    pub site: Cow<'a, str>,
    /// The tab that recorded the batch.
    pub tab: Uuid,
    /// The number of the first event.
    pub seq: u64,
    /// The number of the tab's newest event.
    pub last: u64,
    /// When this attempt was made, epoch ms on the client's clock.
    pub sent: i64,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The attempt's GUID, which the reply repeats.
    pub request: Uuid,
    /// The tab's losses so far, by reason.
    pub lost: BTreeMap<String, u64>,
    #[serde(borrow)]
    contexts: Vec<&'a RawValue>,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// The reason why a body is not a valid batch, as a sentence for the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBatch(pub String);

/// The expanded events of a batch.
#[derive(Debug)]
pub struct Expanded {
    /// Each event with its number among the tab's events, or the reason why it can never be stored.
    pub events: Vec<Result<(u64, Event), Rejected>>,
    /// The number of fields and events left out because the site does not collect them.
    pub stripped: u64,
}

/// An event of a batch that can never be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The event's index in the batch, from 0.
    pub index: usize,
    /// The event's number among the tab's events.
    pub seq: u64,
    /// The reason for people, as a sentence.
    pub why: String,
    /// The reason for programs.
    #[serde(default)]
    pub code: RejectReason,
}

impl Rejected {
    /// A rejected event: at index `index` of its batch, with number `seq`.
    pub fn new(index: usize, seq: u64, error: EventError) -> Self {
        Rejected { index, seq, why: error.why, code: error.reason }
    }
}

/// The largest number that every JSON reader reads exactly.
const EXACT: u64 = 1 << 53;

/// The first time that a version 7 UUID cannot represent, epoch ms: the year 10889.
const END_OF_TIME: i64 = 1 << 48;

impl<'a> Batch<'a> {
    /// Reads the batch without parsing its events.
    ///
    /// # Errors
    /// [`InvalidBatch`] if the body is not JSON, not a batch, or of an unknown version.
    pub fn read(body: &'a [u8]) -> Result<Self, InvalidBatch> {
        let batch: Batch<'a> = serde_json::from_slice(body).map_err(|error| InvalidBatch(error.to_string()))?;
        if batch.v != VERSION {
            return Err(InvalidBatch(format!("v is {}, and this collector reads {VERSION}", batch.v)));
        }
        if batch.seq > EXACT || batch.last > EXACT {
            return Err(InvalidBatch("seq and last must be below 2^53".to_owned()));
        }
        // A batch needs at most one context per event. More contexts would only waste the reader's time.
        if batch.contexts.len() > limits::BATCH_EVENTS {
            return Err(InvalidBatch(format!("contexts has over {} entries", limits::BATCH_EVENTS)));
        }
        if batch.events.len() > limits::BATCH_EVENTS {
            return Err(InvalidBatch(format!("events has over {} entries", limits::BATCH_EVENTS)));
        }
        Ok(batch)
    }

    /// The number of events, valid or not.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether the batch has no events and only reports losses.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The contexts as JSON: the first is whole, each later one holds the sections in which it differs from the first.
    pub fn contexts(&self) -> &[&'a RawValue] {
        &self.contexts
    }

    /// The events in order, each with its number and its ID, under the site owner's account `account`. Fields and
    /// events that `allowed` does not allow are left out and counted.
    pub fn expand(&self, account: &str, allowed: &Allowed) -> Expanded {
        if allowed.level() == Level::Off {
            let error = RejectReason::NotCollected.because("the site collects nothing (level 0)");
            let reject = |index| Err(Rejected::new(index, self.seq + index as u64, error.clone()));
            return Expanded { events: (0..self.len()).map(reject).collect(), stripped: self.len() as u64 };
        }
        let mut stripped = 0;
        let contexts = self.read_contexts(account, allowed, &mut stripped);
        let events = self.events.iter().enumerate().map(|(index, raw)| {
            let seq = self.seq + index as u64;
            match self.read_event(raw, &contexts, seq) {
                Ok(mut event) if allowed.kind(&event.kind) => {
                    stripped += DataField::strip(&event.kind, &mut event.data, allowed);
                    Ok((seq, event))
                }
                Ok(event) => {
                    stripped += 1;
                    let level = allowed.level() as u8;
                    let why = format!("the site collects no {} (level {level})", event.kind);
                    Err(Rejected::new(index, seq, RejectReason::NotCollected.because(why)))
                }
                Err(error) => Err(Rejected::new(index, seq, error)),
            }
        });
        let events = events.collect();
        Expanded { events, stripped }
    }

    fn read_contexts(&self, account: &str, allowed: &Allowed, stripped: &mut u64) -> Vec<Result<Sections, String>> {
        let mut contexts: Vec<Result<Sections, String>> = Vec::with_capacity(self.contexts.len());
        for (number, raw) in self.contexts.iter().enumerate() {
            let delta = serde_json::from_str(raw.get()).and_then(|mut context: Map<String, Value>| {
                *stripped += strip(&mut context, &mut String::new(), allowed);
                serde_json::from_value(Value::Object(context))
            });
            let read = delta.map_err(|error| error.to_string()).and_then(|delta| match contexts.first() {
                None => Sections::first(delta, account),
                Some(Ok(base)) => Ok(base.changed_by(delta)),
                Some(Err(_)) => Err("the first context, which it builds on, is unreadable".to_owned()),
            });
            contexts.push(read.map_err(|why| format!("context {number}: {why}")));
        }
        contexts
    }

    fn read_event(&self, raw: &RawValue, contexts: &[Result<Sections, String>], seq: u64) -> Result<Event, EventError> {
        use RejectReason::{InvalidContext, InvalidData, InvalidEvent, InvalidTime, InvalidType};
        let own: Own = serde_json::from_str(raw.get()).map_err(|error| InvalidEvent.because(error.to_string()))?;
        if !limits::is_type(&own.kind) {
            return Err(InvalidType.because("type must be 1 to 128 characters, none of them a control character"));
        }
        if !(0..END_OF_TIME).contains(&own.time) {
            return Err(InvalidTime.because("time must be epoch milliseconds"));
        }
        if let Some(why) = limits::refuse_data(own.data.get()) {
            return Err(InvalidData.because(why));
        }
        if has_endless_number(own.data.get()) {
            return Err(InvalidData.because("data has a number that is too large for a double"));
        }
        let context = match contexts.get(own.context) {
            Some(context) => context.as_ref().map_err(|why| InvalidContext.because(why))?.clone(),
            None => {
                let why = format!("in is {}, and the batch has {} contexts", own.context, contexts.len());
                return Err(InvalidContext.because(why));
            }
        };
        Ok(Event {
            id: Some(event_id(self.tab, seq, own.time)),
            time: own.time,
            kind: own.kind.into_owned(),
            data: one_line(own.data),
            s_id: context.s_id,
            wm: context.wm,
            env: context.env,
            ctx: context.ctx,
            visions: context.visions,
            version: context.version,
            server: None,
            is_automated: context.is_automated,
        })
    }
}

impl fmt::Display for InvalidBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a batch: {}", self.0)
    }
}

impl std::error::Error for InvalidBatch {}

/// An event's own members, without its context.
#[derive(Deserialize)]
struct Own<'a> {
    time: i64,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(rename = "in", default)]
    context: usize,
    #[serde(borrow)]
    data: &'a RawValue,
}
