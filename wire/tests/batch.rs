//! Example and batch there and back: nothing that goes in comes out changed.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};
use std::sync::Arc;
use uuid::{Uuid, uuid};
use waymark_wire::{
    Allowed, Batch, BatchBuilder, Browser, Contents, Context, Ctx, Env, Envelope, Event, Field, IdSource, Level,
    Location, Lost, Os, Reason, Screen, Version, Visions, Wm, level::Switch,
};

/// The requirement's example event, as it was given.
const EXAMPLE: &str = include_str!("../fixtures/example-event.json");

/// A batch as each version of the format writes it, and its events; later versions must still read it. Beside it the
/// same where a site collects no user, browser, title and, on one page, address, but query and hash.
const FIXTURES: [(&str, &str); 2] = [
    (BATCH, include_str!("../fixtures/v1/events.json")),
    (SPARSE_BATCH, include_str!("../fixtures/v1/sparse-events.json")),
];

/// Those of the version that is written now.
const BATCH: &str = include_str!("../fixtures/v1/batch.json");
const SPARSE_BATCH: &str = include_str!("../fixtures/v1/sparse-batch.json");

const ALL: Allowed = Allowed::at(Level::Playback);

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_example_survives_the_types_key_for_key() {
    let event: Event = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), value(EXAMPLE));
}

#[test]
fn the_example_survives_a_batch() {
    let event: Event = serde_json::from_str(EXAMPLE).unwrap();
    let read = there_and_back(std::slice::from_ref(&event), &event.wm.u_id);
    assert_eq!(read, [value(EXAMPLE)]);
}

#[test]
fn a_batch_of_every_version_reads_as_it_always_did() {
    for (batch, events) in FIXTURES {
        let expanded = Batch::read(batch.as_bytes()).unwrap().expand(ACCOUNT, &ALL);
        assert_eq!(expanded.stripped, 0);
        let read = expanded.events.into_iter().map(|event| serde_json::to_value(event.unwrap().1).unwrap());
        assert_eq!(read.collect::<Value>(), value(events));
    }
}

#[test]
fn this_version_still_writes_the_fixtures() {
    for (events, batch) in [(fixture_events(), BATCH), (sparse_events(), SPARSE_BATCH)] {
        let written = encode(&events);
        assert_eq!(written.trim(), batch.trim(), "a changed wire format needs a new version and a new fixture folder");
    }
}

#[test]
fn a_bad_event_is_named_and_the_good_ones_are_kept() {
    let mut batch = value(BATCH);
    let good = batch["events"][0].clone();
    batch["events"] = json!([
        good, {"time": 1, "type": "a b", "data": {}}, {"time": "now", "type": "x", "data": {}},
        {"time": -1, "type": "x", "data": {}}, {"time": 1, "type": "x", "data": []},
        {"time": 1, "type": "x", "in": 9, "data": {}}, good,
    ]);
    let text = batch.to_string();
    let read: Vec<_> = Batch::read(text.as_bytes())
        .unwrap()
        .expand("", &ALL)
        .events
        .into_iter()
        .map(|event| event.map(|(seq, _)| seq))
        .collect();
    let (good, bad): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
    assert_eq!(good, [Ok(12), Ok(18)]);
    let bad = bad.into_iter().map(|bad| bad.unwrap_err());
    let whys: Vec<String> = bad.map(|bad| format!("{} {}: {}", bad.index, bad.code, bad.why)).collect();
    assert_eq!(
        whys,
        [
            "1 invalid-type: type must be 1 to 64 of A-Z a-z 0-9 _ . : -",
            "2 invalid-event: invalid type: string \"now\", expected i64 at line 1 column 23",
            "3 invalid-time: time must be epoch milliseconds",
            "4 invalid-data: data must be an object",
            "5 invalid-context: in is 9, and the batch has 2 contexts",
        ]
    );
}

#[test]
fn a_bad_context_spoils_only_the_events_in_it() {
    let mut batch = value(BATCH);
    batch["contexts"][1] = json!({"ctx": 1});
    let text = batch.to_string();
    let batch = Batch::read(text.as_bytes()).unwrap();
    let good: Vec<bool> = batch.expand("", &ALL).events.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, false]);
}

#[test]
fn a_body_that_is_no_batch_says_why() {
    let mut other = value(BATCH);
    other["v"] = json!(99);
    for (body, why) in [
        ("{".to_owned(), "not a batch: EOF while parsing an object at line 1 column 1"),
        ("{}".to_owned(), "not a batch: missing field `v` at line 1 column 2"),
        (other.to_string(), "not a batch: v is 99, and this collector reads 1"),
    ] {
        assert_eq!(Batch::read(body.as_bytes()).unwrap_err().to_string(), why);
    }
}

#[test]
fn a_batch_may_only_declare_losses() {
    let mut report = value(BATCH);
    report["contexts"] = json!([]);
    report["events"] = json!([]);
    let text = report.to_string();
    let batch = Batch::read(text.as_bytes()).unwrap();
    assert!(batch.is_empty());
    assert_eq!((batch.last, batch.lost["overflow"]), (13, 2));
}

#[test]
fn a_batch_can_be_cut_between_any_two_events() {
    let events: Vec<Event> = [fixture_events(), fixture_events(), fixture_events()].concat();
    let expanded = |contents: &Contents| -> Vec<Value> {
        let body = body(contents);
        let batch = Batch::read(body.as_bytes()).unwrap();
        let events = batch.expand(ACCOUNT, &ALL).events.into_iter();
        events.map(|event| serde_json::to_value(event.unwrap().1).unwrap()).map(without_id).collect()
    };
    let all = expanded(&filled(&events));
    for count in 1..all.len() {
        let mut first = filled(&events);
        let rest = first.split_off(count as u32).unwrap();
        let both = [expanded(&first), expanded(&rest)];
        assert_eq!(both[0].len(), count);
        assert_eq!(both.concat(), all);
        assert!(first.bytes() < filled(&events).bytes() && rest.bytes() < filled(&events).bytes());
    }
    for count in [0, all.len() as u32, 1_000] {
        assert!(filled(&events).split_off(count).is_none());
    }
}

/// Ids come from the number of an event's place in its batch.
fn without_id(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("id");
    event
}

#[test]
fn an_exported_event_is_one_line() {
    let text = BATCH.replace(r#""data":{"#, "\"data\":{\r\n");
    for event in Batch::read(text.as_bytes()).unwrap().expand("", &ALL).events {
        let line = serde_json::to_string(&event.unwrap().1).unwrap();
        assert!(!line.contains(['\n', '\r']), "{line}");
    }
}

proptest! {
    #[test]
    fn any_events_survive_a_batch(events in prop::collection::vec(any_event(), 1..20)) {
        let originals: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        prop_assert_eq!(there_and_back(&events, ACCOUNT), originals);
    }

    #[test]
    fn bytes_from_a_stranger_never_panic(body: Vec<u8>) {
        if let Ok(batch) = Batch::read(&body) {
            drop(batch.expand("", &ALL));
        }
    }

    #[test]
    fn a_damaged_batch_never_panics(at in 0..BATCH.len(), byte: u8) {
        let mut body = BATCH.as_bytes().to_vec();
        body[at] = byte;
        if let Ok(batch) = Batch::read(&body) {
            drop(batch.expand("", &ALL));
        }
    }
}

const ACCOUNT: &str = "3210be7ad82f403298f7c4da065ec657";

const TAB: Uuid = uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401");
const REQUEST: Uuid = uuid!("c56a4180-65aa-42ec-a945-5fd21dec0538");

fn filled(events: &[Event]) -> Contents {
    let mut batch = BatchBuilder::default();
    for event in events {
        batch.set_context(&event.context());
        batch.push(event.time, &event.kind, event.data.clone());
    }
    closed(&batch)
}

/// What is in it; the builder's bound holds for that too.
fn closed(batch: &BatchBuilder) -> Contents {
    let contents = batch.contents();
    assert_eq!((contents.len(), contents.is_empty()), (batch.len(), batch.is_empty()));
    assert!(contents.bytes() <= batch.bytes(), "{} is no upper bound of {}", batch.bytes(), contents.bytes());
    contents
}

fn encode(events: &[Event]) -> String {
    let mut lost = Lost::default();
    lost.add(Reason::Overflow, 2);
    body_with(&filled(events), lost)
}

fn body(contents: &Contents) -> String {
    body_with(contents, Lost::default())
}

fn body_with(contents: &Contents, lost: Lost) -> String {
    let last = 12 + u64::from(contents.len()) - 1;
    let envelope =
        Envelope { site: "demo", tab: TAB, seq: 12, last, sent: 1_553_433_895_150, attempt: 1, request: REQUEST, lost };
    let body = envelope.body(contents);
    assert!(
        body.len() <= contents.bytes() + waymark_wire::batch::ENVELOPE_BYTES,
        "{} is no upper bound",
        contents.bytes()
    );
    body
}

/// The events after a batch, without the ids that the batch gave them.
fn there_and_back(events: &[Event], account: &str) -> Vec<Value> {
    let body = encode(events);
    let batch = Batch::read(body.as_bytes()).unwrap();
    let read = batch.expand(account, &ALL).events.into_iter().map(|event| {
        let (_, mut event) = event.unwrap();
        assert!(event.id.take().is_some());
        serde_json::to_value(event).unwrap()
    });
    read.collect()
}

/// The example, then a page view on the next page.
fn fixture_events() -> Vec<Event> {
    let mut play: Event = serde_json::from_str(EXAMPLE).unwrap();
    play.data = RawValue::from_string(value(play.data.get()).to_string()).unwrap();
    let mut view = play.clone();
    view.time += 1_000;
    view.kind = "pageView".to_owned();
    view.data = RawValue::from_string("{}".to_owned()).unwrap();
    let mut ctx = (*play.ctx).clone();
    ctx.location.pathname = Some("/cart/".to_owned());
    ctx.title = Some("Cart - ShopMe".to_owned());
    ctx.visit_id = Some("0d5b2d9a0e4c4b6c9a57a3b7b8e5f1c2".to_owned());
    view.ctx = Arc::new(ctx);
    vec![play, view]
}

/// The same without much of what they share, and with what a site must ask for.
fn sparse_events() -> Vec<Event> {
    let mut events = fixture_events();
    for event in &mut events {
        let (mut wm, mut env, mut ctx) = ((*event.wm).clone(), (*event.env).clone(), (*event.ctx).clone());
        (wm.eu_id, wm.eu_id_source) = (None, None);
        (env.browser, env.screen) = (Browser::default(), Screen::default());
        ctx.title = None;
        match event.kind.as_str() {
            "play" => ctx.location = Location::default(),
            _ => (ctx.location.search, ctx.location.hash) = (Some("?size=xl".to_owned()), Some("#top".to_owned())),
        }
        (event.wm, event.env, event.ctx) = (Arc::new(wm), Arc::new(env), Arc::new(ctx));
    }
    events
}

/// Few distinct values, so that neighbours often share. An empty text is one that is not there.
fn any_event() -> impl Strategy<Value = Event> {
    let text = || prop_oneof![Just("a".to_owned()), Just("b".to_owned()), "(?s).{1,4}"];
    let maybe = move || prop::option::of(text());
    let user = (maybe(), prop::option::of(any::<bool>()), -1..2i32, 0..2u32);
    let env =
        (maybe(), maybe(), prop::option::of(any::<bool>()), prop::option::of(0..3u32), prop::option::of(-900..900i32));
    let ctx = (maybe(), maybe(), maybe(), prop::option::of(any::<bool>()), maybe());
    let data = prop::collection::btree_map("(?s).{0,4}", any::<i32>(), 0..3);
    let own = (0..1i64 << 47, "[A-Za-z0-9_.:-]{1,8}", data);
    (own, user, env, ctx, text(), text()).prop_map(|(own, user, env, ctx, s_id, guid)| Event {
        id: None,
        time: own.0,
        kind: own.1,
        data: RawValue::from_string(serde_json::to_string(&own.2).unwrap()).unwrap(),
        s_id: s_id.clone().into(),
        wm: Arc::new(Wm {
            u_id: ACCOUNT.to_owned(),
            eu_id: user.0,
            eu_id_source: user.1.map(|cache| if cache { IdSource::Cache } else { IdSource::Identifier }),
            perm_id: user.2,
            env: user.3,
            interaction_guid: guid,
            platform: 1,
        }),
        env: Arc::new(Env {
            browser: Browser { name: env.0.clone(), version: env.0.clone(), string: env.0 },
            os: Os { name: env.1.clone(), version: env.1 },
            mobile: env.2,
            screen: Screen { height: env.3, width: env.3 },
            timezone: env.4,
        }),
        ctx: Arc::new(Ctx {
            location: Location {
                protocol: ctx.0.clone(),
                hostname: ctx.0,
                pathname: ctx.1.clone(),
                search: ctx.1,
                hash: ctx.2.clone(),
            },
            is_iframe: ctx.3,
            visit_id: ctx.2,
            title: ctx.4,
        }),
        visions: Arc::new(Visions { s_id }),
        version: Arc::new(Version { lib: "x".to_owned(), pe: waymark_wire::SCHEMA.to_owned() }),
        server: None,
    })
}

fn any_allowed() -> impl Strategy<Value = Allowed> {
    (1..4u8, prop::collection::vec(prop::sample::select(Switch::ALL.to_vec()), 0..6)).prop_map(|(level, off)| {
        let mut allowed = Allowed::at(Level::of(level));
        off.into_iter().for_each(|switch| allowed.without(switch));
        allowed
    })
}

/// Where each leaf of an event's context stands, as the table has it.
fn leaves(event: &Value) -> Vec<String> {
    fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
        match value.as_object() {
            Some(members) => members.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), found)),
            None => found.push(path.trim_start_matches('.').to_owned()),
        }
    }
    let mut found = Vec::new();
    let of_the_event = ["id", "time", "type", "data", "server"];
    let shared = event.as_object().unwrap().iter().filter(|(key, _)| !of_the_event.contains(&key.as_str()));
    shared.for_each(|(key, value)| walk(value, key, &mut found));
    // The collector's own, and the GUID's place in the batch.
    found.retain(|path| path != "wm.uId");
    found.iter_mut().filter(|path| *path == "wm.interactionGuid").for_each(|path| *path = "interactionGuid".to_owned());
    found
}

proptest! {
    /// The recorder's side: what the table does not allow is not written, and what it allows is.
    #[test]
    fn a_field_that_is_not_allowed_is_not_on_the_wire(event in any_event(), allowed in any_allowed()) {
        let mut builder = BatchBuilder::default();
        builder.set_context(&event.context().only(&allowed));
        builder.push(event.time, "play", RawValue::from_string("{}".to_owned()).unwrap());
        let body = body(&closed(&builder));
        let batch = Batch::read(body.as_bytes()).unwrap();
        // Whoever allows everything sees what was sent.
        let seen = serde_json::to_value(batch.expand(ACCOUNT, &ALL).events.remove(0).unwrap().1).unwrap();
        let all = leaves(&serde_json::to_value(&event).unwrap());
        let expected: Vec<String> = all.into_iter().filter(|path| allowed.field(Field::at(path).unwrap())).collect();
        prop_assert_eq!(leaves(&seen), expected);
    }

    /// The collector's side: the same is stripped and counted, whoever sent it.
    #[test]
    fn a_field_that_is_not_allowed_is_not_stored(event in any_event(), allowed in any_allowed()) {
        let body = encode(std::slice::from_ref(&event));
        let batch = Batch::read(body.as_bytes()).unwrap();
        let mut expanded = batch.expand(ACCOUNT, &allowed);
        let all = leaves(&serde_json::to_value(&event).unwrap());
        let stored = serde_json::to_value(expanded.events.remove(0).unwrap().1).unwrap();
        let kept = leaves(&stored);
        prop_assert!(kept.iter().all(|path| allowed.field(Field::at(path).unwrap())), "{kept:?}");
        prop_assert_eq!(expanded.stripped as usize, all.len() - kept.len());
    }

    /// What becomes known late is said of all events, whatever was shared meanwhile.
    #[test]
    fn a_batch_can_be_completed(events in prop::collection::vec(any_event(), 1..8), user in any_event()) {
        let mut events = events;
        for event in &mut events {
            (event.wm, event.s_id, event.visions) = (user.wm.clone(), user.s_id.clone(), user.visions.clone());
        }
        let mut builder = BatchBuilder::default();
        for event in &events {
            builder.set_context(&Context { s_id: None, wm: None, visions: None, ..event.context() });
            builder.push(event.time, &event.kind, event.data.clone());
        }
        builder.backfill(&user.context());
        let body = body(&closed(&builder));
        let batch = Batch::read(body.as_bytes()).unwrap();
        let read: Vec<Value> = batch.expand(ACCOUNT, &ALL).events.into_iter().map(|event| {
            let (_, mut event) = event.unwrap();
            event.id = None;
            serde_json::to_value(event).unwrap()
        }).collect();
        let originals: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        prop_assert_eq!(read, originals);
    }
}

#[test]
fn what_the_table_does_not_know_is_stripped_and_counted() {
    let mut batch = value(BATCH);
    batch["contexts"][0]["env"]["fingerprint"] = json!({"canvas": "x", "fonts": [1]});
    batch["contexts"][0]["secret"] = json!("x");
    batch["events"][0]["type"] = json!("elementClick");
    let text = batch.to_string();
    let expanded = Batch::read(text.as_bytes()).unwrap().expand(ACCOUNT, &Allowed::at(Level::Engagement));
    assert_eq!(expanded.stripped, 4);
    let refused = expanded.events[0].as_ref().unwrap_err();
    assert_eq!(refused.why, "the site collects no elementClick (level 1)");
    let event = serde_json::to_string(&expanded.events[1].as_ref().unwrap().1).unwrap();
    assert!(!event.contains("fingerprint") && !event.contains("secret"), "{event}");
}

#[test]
fn what_has_no_name_cannot_slip_through() {
    let allowed = {
        let mut allowed = Allowed::at(Level::Engagement);
        allowed.without(Switch::Title);
        allowed
    };
    let expand = |batch: Value| {
        let text = batch.to_string();
        Batch::read(text.as_bytes()).unwrap().expand(ACCOUNT, &allowed)
    };
    let mut section = value(BATCH);
    section["contexts"][0]["ctx"] = json!([{}, false, "visit", "the title"]);
    section["contexts"][0]["env"]["screen"] = json!([1, 2]);
    let expanded = expand(section);
    let first = serde_json::to_value(&expanded.events[0].as_ref().unwrap().1).unwrap();
    // The second context's title too.
    assert_eq!((expanded.stripped, &first["ctx"], &first["env"]["screen"]), (3, &json!({}), &Value::Null));

    let mut whole = value(BATCH);
    whole["contexts"] = json!([["s", "guid", {}, {}, [{}, false, "visit", "the title"], {"sId": "s"}, {}]]);
    let expanded = expand(whole);
    let why = &expanded.events[0].as_ref().unwrap_err().why;
    assert!(why.starts_with("context 0: invalid type: sequence"), "{why}");
}

#[test]
fn a_site_at_level_0_takes_nothing() {
    let expanded = Batch::read(BATCH.as_bytes()).unwrap().expand(ACCOUNT, &Allowed::at(Level::Off));
    assert_eq!(expanded.stripped, 2);
    assert!(expanded.events.iter().all(|event| event.as_ref().unwrap_err().why.contains("level 0")));
}

#[test]
fn a_shared_context_is_said_once() {
    let event = &fixture_events()[0];
    let hundred = encode(&vec![event.clone(); 100]);
    assert_eq!(hundred.matches("\"hostname\"").count(), 1);
}
