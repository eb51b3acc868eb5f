//! Reads a batch from a stranger and gives the canonical events in it. What is wrong with one event is said of that
//! event; only what makes the whole batch meaningless refuses the batch.

use crate::context::Delta;
use crate::{Allowed, Ctx, Env, Event, Field, Level, VERSION, Version, Visions, Wm, event_id, limits};
use crate::{EventError, RejectReason};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// A batch as it came. Its envelope is what [`crate::Envelope`] says.
#[derive(Debug, Deserialize)]
pub struct Batch<'a> {
    /// The format's version.
    pub v: u32,
    /// The site's key.
    #[serde(borrow)]
    pub site: Cow<'a, str>,
    /// The tab that recorded it.
    pub tab: Uuid,
    /// The number of its first event.
    pub seq: u64,
    /// The number of the tab's newest event.
    pub last: u64,
    /// When this attempt was made, epoch ms on the client's clock.
    pub sent: i64,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// The attempt's own GUID, which the answer repeats; none before version 2.
    #[serde(default)]
    pub request: Option<Uuid>,
    /// What the tab has lost so far, by reason.
    pub lost: BTreeMap<String, u64>,
    #[serde(borrow)]
    contexts: Vec<&'a RawValue>,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// Why nothing of a body can be read, in words for whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

/// What a batch holds, event by event.
#[derive(Debug)]
pub struct Expanded {
    /// Each with its number among the tab's events, or why it can never be stored.
    pub events: Vec<Result<(u64, Event), Rejected>>,
    /// How many fields and events were left out because the site does not collect them.
    pub stripped: u64,
}

/// An event of a batch that can never be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its number among the tab's events.
    pub seq: u64,
    /// What was wrong with it, for people.
    pub why: String,
    /// What was wrong with it, for programs.
    #[serde(default)]
    pub code: RejectReason,
}

impl Rejected {
    /// The event at `index` of its batch, with the number `seq`.
    pub fn new(index: usize, seq: u64, error: EventError) -> Self {
        Rejected { index, seq, why: error.why, code: error.reason }
    }
}

/// The largest number that every JSON reader keeps exact.
const EXACT: u64 = 1 << 53;

/// The first time that a version 7 UUID cannot hold: the year 10889.
const END_OF_TIME: i64 = 1 << 48;

impl<'a> Batch<'a> {
    /// Reads the batch, not yet its events.
    ///
    /// # Errors
    /// [`Unreadable`] where the body is no JSON, no batch, or of a version not known here.
    pub fn read(body: &'a [u8]) -> Result<Self, Unreadable> {
        let batch: Batch<'a> = serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
        if !(1..=VERSION).contains(&batch.v) {
            return Err(Unreadable(format!("v is {}, and this collector reads 1 to {VERSION}", batch.v)));
        }
        if batch.seq > EXACT || batch.last > EXACT {
            return Err(Unreadable("seq and last must be below 2^53".to_owned()));
        }
        // Each context is for some event; more would only make the reader work.
        if batch.contexts.len() > limits::BATCH_EVENTS {
            return Err(Unreadable(format!("contexts has over {} entries", limits::BATCH_EVENTS)));
        }
        if batch.events.len() > limits::BATCH_EVENTS {
            return Err(Unreadable(format!("events has over {} entries", limits::BATCH_EVENTS)));
        }
        Ok(batch)
    }

    /// How many events it holds, good or bad.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds none, and only declares losses.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Its contexts as they came: the first whole, of each other what differs from the first.
    pub fn contexts(&self) -> &[&'a RawValue] {
        &self.contexts
    }

    /// The events in order, as those of the site owner `account`, each with its number and its id. What `allowed` does
    /// not allow is left out of them, and counted.
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
                Ok(event) if allowed.kind(&event.kind) => Ok((seq, event)),
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

    fn read_contexts(&self, account: &str, allowed: &Allowed, stripped: &mut u64) -> Vec<Result<Context, String>> {
        let mut contexts: Vec<Result<Context, String>> = Vec::with_capacity(self.contexts.len());
        for (number, raw) in self.contexts.iter().enumerate() {
            let delta = serde_json::from_str(raw.get()).and_then(|mut context: Map<String, Value>| {
                *stripped += strip(&mut context, &mut String::new(), allowed);
                serde_json::from_value(Value::Object(context))
            });
            let read = delta.map_err(|error| error.to_string()).and_then(|delta| match contexts.first() {
                None => Context::first(delta, account),
                Some(Ok(base)) => Ok(base.changed_by(delta)),
                Some(Err(_)) => Err("the first context, which it builds on, is unreadable".to_owned()),
            });
            contexts.push(read.map_err(|why| format!("context {number}: {why}")));
        }
        contexts
    }

    fn read_event(&self, raw: &RawValue, contexts: &[Result<Context, String>], seq: u64) -> Result<Event, EventError> {
        use RejectReason::{InvalidContext, InvalidData, InvalidEvent, InvalidTime, InvalidType};
        let own: Own = serde_json::from_str(raw.get()).map_err(|error| InvalidEvent.because(error.to_string()))?;
        if !limits::is_type(&own.kind) {
            return Err(InvalidType.because("type must be 1 to 64 of A-Z a-z 0-9 _ . : -"));
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
        })
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a batch: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

/// What an event says of itself.
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

/// The sections of a context, held once for all the events in it.
#[derive(Clone)]
struct Context {
    s_id: Arc<str>,
    wm: Arc<Wm>,
    env: Arc<Env>,
    ctx: Arc<Ctx>,
    visions: Arc<Visions>,
    version: Arc<Version>,
}

impl Context {
    fn first(delta: Delta, account: &str) -> Result<Self, String> {
        fn whole(delta: Delta, account: &str) -> Option<Context> {
            let base = Wm { u_id: account.to_owned(), interaction_guid: delta.interaction_guid?, ..Wm::default() };
            Some(Context {
                s_id: delta.s_id?.into(),
                wm: Arc::new(base.of(delta.wm?)),
                env: Arc::new(delta.env.unwrap_or_default()),
                ctx: Arc::new(delta.ctx.unwrap_or_default()),
                visions: Arc::new(delta.visions?),
                version: Arc::new(delta.version?),
            })
        }
        let required = "must have sId, interactionGuid, wm, visions and version";
        whole(delta, account).ok_or_else(|| required.to_owned())
    }

    fn changed_by(&self, delta: Delta) -> Self {
        fn either<T>(new: Option<T>, old: &Arc<T>) -> Arc<T> {
            new.map_or_else(|| Arc::clone(old), Arc::new)
        }
        let mut wm = Arc::clone(&self.wm);
        if let Some(guid) = delta.interaction_guid {
            Arc::make_mut(&mut wm).interaction_guid = guid;
        }
        if let Some(user) = delta.wm {
            wm = Arc::new(Wm::clone(&wm).of(user));
        }
        Context {
            s_id: delta.s_id.map_or_else(|| Arc::clone(&self.s_id), Into::into),
            wm,
            env: either(delta.env, &self.env),
            ctx: either(delta.ctx, &self.ctx),
            visions: either(delta.visions, &self.visions),
            version: either(delta.version, &self.version),
        }
    }
}

/// Takes out of a context what the table does not name or `allowed` does not allow; says how much that was.
/// `path` is where `members` stand, and is the same again afterwards.
fn strip(members: &mut Map<String, Value>, path: &mut String, allowed: &Allowed) -> u64 {
    let (mut stripped, outside) = (0, path.len());
    members.retain(|key, value| {
        path.truncate(outside);
        if outside > 0 {
            path.push_str(".");
        }
        path.push_str(key);
        let field = Field::at(path);
        if field.is_none()
            && let Value::Object(inside) = value
        {
            let here = strip(inside, path, allowed);
            stripped += here;
            return here == 0 || !inside.is_empty();
        }
        // A section that is no object is told by the reader of the context, which comes next; but a list it would take
        // for one, member by member, and what is in a list has no name to be stripped by.
        let keeps = match field {
            Some(field) => allowed.field(field),
            None => is_section(path) && !value.is_array(),
        };
        stripped += u64::from(!keeps);
        keeps
    });
    path.truncate(outside);
    stripped
}

fn is_section(path: &str) -> bool {
    Field::ALL.iter().any(|field| field.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// Whether a number in `json` is beyond what a double holds. Grammar allows `1e999`; but whoever reads an export then fails
/// on it, takes it for infinity, or works it out digit by digit. No browser writes it.
pub(crate) fn has_endless_number(json: &str) -> bool {
    /// So many digits without an exponent are a double still.
    const DIGITS: usize = 300;
    let bytes = json.as_bytes();
    let (mut at, mut in_string) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => at += 1,
            b'0'..=b'9' if !in_string => {
                let rest = bytes.get(at..).unwrap_or_default();
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let length = rest.iter().take_while(is_part).count();
                let number = json.get(at..at + length).unwrap_or_default();
                let may_be = length > DIGITS || number.contains(['e', 'E']);
                if may_be && number.parse().is_ok_and(f64::is_infinite) {
                    return true;
                }
                // The loop steps over the last digit.
                at += length - 1;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// The data as it is stored: with any line break between its members as a space, because exports hold an event a line (inside
/// a JSON string no raw line break can stand), and without halves of characters.
pub(crate) fn one_line(data: &RawValue) -> Box<RawValue> {
    let text = data.get();
    let breaks = text.bytes().any(|byte| byte == b'\n' || byte == b'\r');
    let broken = if breaks { Cow::Owned(text.replace(['\n', '\r'], " ")) } else { Cow::Borrowed(text) };
    match (mended(&broken), broken) {
        (None, Cow::Borrowed(_)) => data.to_owned(),
        (None, Cow::Owned(text)) | (Some(text), _) => RawValue::from_string(text).unwrap_or_else(|_| data.to_owned()),
    }
}

/// The same with U+FFFD for each half of a character, where there is one. A text that JavaScript cut in the middle of an
/// emoji ends in one, browsers write it as `\ud83d`, and many readers of JSON refuse all of a line that has it.
fn mended(json: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    while let Some(found) = json.get(at..)?.find('\\') {
        at += found;
        match (unit(at), unit(at + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => at += 12,
            (Some(0xd800..0xe000), _) => {
                out.extend([json.get(done..at)?, "\\ufffd"]);
                at += 6;
                done = at;
            }
            _ => at += 2,
        }
    }
    if done == 0 {
        return None;
    }
    out.push_str(json.get(done..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ends_somewhere() {
        let digits = |count: usize| format!("{{\"a\":[{}]}}", "9".repeat(count));
        for good in [r#"{"a":1e308,"b":-1.5E-400}"#, r#"{"a":"1e999\"1e999\\"}"#, r#"{"1e999":0}"#, &digits(308), "{}"]
        {
            assert!(!has_endless_number(good), "{good}");
        }
        for bad in [r#"{"a":1e999}"#, r#"{"a":[-13E94694]}"#, r#"{"\\":2.5e+309}"#, &digits(310)] {
            assert!(has_endless_number(bad), "{bad}");
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn half_a_character_is_mended_and_a_whole_one_left_alone() {
        for good in [r#"{"a":"\ud83d\ude00"}"#, r#"{"a":"\\ud83d"}"#, r#"{"a":"\u00e9\n"}"#, "{}"] {
            assert_eq!(mended(good), None, "{good}");
        }
        for (bad, good) in [
            (r#"{"a":"x\ud83d"}"#, r#"{"a":"x\ufffd"}"#),
            (r#"{"a":"\ude00\uD83D"}"#, r#"{"a":"\ufffd\ufffd"}"#),
            (r#"{"\ud83d\ud83d\ude00é\\":1}"#, r#"{"\ufffd\ud83d\ude00é\\":1}"#),
        ] {
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
            assert_eq!(mended(bad).as_deref(), Some(good));
            assert!(serde_json::from_str::<Value>(good).is_ok(), "{good}");
        }
    }
}
