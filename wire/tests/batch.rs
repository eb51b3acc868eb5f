//! Example and batch there and back: nothing that goes in comes out changed.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};
use std::sync::Arc;
use waymark_wire::{
    Batch, Browser, Content, Ctx, Encoder, Env, Envelope, Event, IdSource, Location, Lost, Os, Reason, Screen, Version,
    Visions, Wm,
};

/// The requirement's example event, as it was given.
const EXAMPLE: &str = include_str!("../fixtures/example-event.json");

/// A batch as version 1 of the format writes it; later versions must still read it.
const V1_BATCH: &str = include_str!("../fixtures/v1/batch.json");
const V1_EVENTS: &str = include_str!("../fixtures/v1/events.json");

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_example_survives_the_types_key_for_key() {
    let event: Event = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), value(EXAMPLE));

    let content: Content = serde_json::from_str(event.data.get()).unwrap();
    assert_eq!(serde_json::to_value(&content).unwrap(), value(EXAMPLE)["data"]);
}

#[test]
fn the_example_survives_a_batch() {
    let event: Event = serde_json::from_str(EXAMPLE).unwrap();
    let read = there_and_back(std::slice::from_ref(&event), &event.wm.u_id);
    assert_eq!(read, [value(EXAMPLE)]);
}

#[test]
fn a_batch_of_version_1_reads_as_it_always_did() {
    let batch = Batch::read(V1_BATCH.as_bytes()).unwrap();
    let events: Vec<Value> = batch
        .expand("3210be7ad82f403298f7c4da065ec657")
        .map(|event| serde_json::to_value(event.unwrap().1).unwrap())
        .collect();
    assert_eq!(Value::Array(events), value(V1_EVENTS));
}

#[test]
fn this_version_still_writes_the_fixture() {
    let written = encode(&fixture_events());
    assert_eq!(written.trim(), V1_BATCH.trim(), "a changed wire format needs a new version and a new fixture folder");
}

#[test]
fn a_bad_event_is_named_and_the_good_ones_are_kept() {
    let mut batch = value(V1_BATCH);
    let good = batch["events"][0].clone();
    batch["events"] = json!([
        good, {"time": 1, "type": "a b", "data": {}}, {"time": "now", "type": "x", "data": {}},
        {"time": -1, "type": "x", "data": {}}, {"time": 1, "type": "x", "data": []},
        {"time": 1, "type": "x", "in": 9, "data": {}}, good,
    ]);
    let text = batch.to_string();
    let read: Vec<_> =
        Batch::read(text.as_bytes()).unwrap().expand("").map(|event| event.map(|(seq, _)| seq)).collect();
    let (good, bad): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
    assert_eq!(good, [Ok(12), Ok(18)]);
    let whys: Vec<String> =
        bad.into_iter().map(|bad| bad.unwrap_err()).map(|bad| format!("{} {}", bad.index, bad.why)).collect();
    assert_eq!(
        whys,
        [
            "1 type must be 1 to 64 of A-Z a-z 0-9 _ . : -",
            "2 invalid type: string \"now\", expected i64 at line 1 column 23",
            "3 time must be epoch milliseconds",
            "4 data must be an object",
            "5 in is 9, and the batch has 2 contexts",
        ]
    );
}

#[test]
fn a_bad_context_spoils_only_the_events_in_it() {
    let mut batch = value(V1_BATCH);
    batch["contexts"][1] = json!({"ctx": 1});
    let text = batch.to_string();
    let batch = Batch::read(text.as_bytes()).unwrap();
    let good: Vec<bool> = batch.expand("").map(|event| event.is_ok()).collect();
    assert_eq!(good, [true, false]);
}

#[test]
fn a_body_that_is_no_batch_says_why() {
    let mut other = value(V1_BATCH);
    other["v"] = json!(99);
    let mut empty = value(V1_BATCH);
    empty["events"] = json!([]);
    for (body, why) in [
        ("{".to_owned(), "not a batch: EOF while parsing an object at line 1 column 1"),
        ("{}".to_owned(), "not a batch: missing field `v` at line 1 column 2"),
        (other.to_string(), "not a batch: v is 99, and this collector reads 1"),
        (empty.to_string(), "not a batch: events is empty"),
    ] {
        assert_eq!(Batch::read(body.as_bytes()).unwrap_err().to_string(), why);
    }
}

#[test]
fn an_exported_event_is_one_line() {
    let text = V1_BATCH.replace(r#""data":{"#, "\"data\":{\r\n");
    for event in Batch::read(text.as_bytes()).unwrap().expand("") {
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
            batch.expand("").for_each(drop);
        }
    }

    #[test]
    fn a_damaged_batch_never_panics(at in 0..V1_BATCH.len(), byte: u8) {
        let mut body = V1_BATCH.as_bytes().to_vec();
        body[at] = byte;
        if let Ok(batch) = Batch::read(&body) {
            batch.expand("").for_each(drop);
        }
    }
}

const ACCOUNT: &str = "3210be7ad82f403298f7c4da065ec657";

fn encode(events: &[Event]) -> String {
    let mut encoder = Encoder::new();
    let mut lost = Lost::NONE;
    lost.add(Reason::Overflow, 2);
    for event in events {
        encoder.share(&event.shared());
        encoder.push(event.time, &event.kind, event.data.get());
    }
    let envelope = Envelope {
        site: "demo",
        tab: "9ef11e58-809f-4d93-855d-22f12c3fd401",
        seq: 12,
        last: 12 + events.len() as u64 - 1,
        sent: 1_553_433_895_150,
        attempt: 1,
        lost,
    };
    envelope.body(&encoder.seal())
}

/// The events after a batch, without the ids that the batch gave them.
fn there_and_back(events: &[Event], account: &str) -> Vec<Value> {
    let body = encode(events);
    let batch = Batch::read(body.as_bytes()).unwrap();
    let read = batch.expand(account).map(|event| {
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
    ctx.location.pathname = "/cart/".to_owned();
    ctx.title = "Cart - ShopMe".to_owned();
    ctx.visit_id = "0d5b2d9a0e4c4b6c9a57a3b7b8e5f1c2".to_owned();
    view.ctx = Arc::new(ctx);
    vec![play, view]
}

/// Few distinct values, so that neighbours often share.
fn any_event() -> impl Strategy<Value = Event> {
    let text = || prop_oneof![Just("a".to_owned()), Just("b".to_owned()), "(?s).{0,4}"];
    let user = (text(), any::<bool>(), -1..2i32, 0..2u32);
    let env = (text(), prop::option::of(text()), any::<bool>(), 0..3u32, -900..900i32);
    let ctx = (text(), text(), any::<bool>(), text());
    let own = (0..1i64 << 47, "[A-Za-z0-9_.:-]{1,8}", prop::collection::btree_map(text(), any::<i32>(), 0..3));
    (own, user, env, ctx, text(), text()).prop_map(|(own, user, env, ctx, s_id, guid)| Event {
        id: None,
        time: own.0,
        kind: own.1,
        data: RawValue::from_string(serde_json::to_string(&own.2).unwrap()).unwrap(),
        s_id: s_id.clone().into(),
        wm: Arc::new(Wm {
            u_id: ACCOUNT.to_owned(),
            eu_id: user.0,
            eu_id_source: if user.1 { IdSource::Cache } else { IdSource::Identifier },
            perm_id: user.2,
            env: user.3,
            interaction_guid: guid,
            platform: 1,
        }),
        env: Arc::new(Env {
            browser: Browser { name: env.0.clone(), version: env.0.clone(), string: env.0 },
            os: Os { name: "Linux".to_owned(), version: env.1 },
            mobile: env.2,
            screen: Screen { height: env.3, width: env.3 },
            timezone: env.4,
        }),
        ctx: Arc::new(Ctx {
            location: Location { protocol: "https:".to_owned(), hostname: ctx.0, pathname: ctx.1 },
            is_iframe: ctx.2,
            visit_id: ctx.3.clone(),
            title: ctx.3,
        }),
        visions: Arc::new(Visions { s_id }),
        version: Arc::new(Version { lib: "x".to_owned(), pe: waymark_wire::SCHEMA.to_owned() }),
        server: None,
    })
}

#[test]
fn a_shared_context_is_said_once() {
    let event = &fixture_events()[0];
    let hundred = encode(&vec![event.clone(); 100]);
    assert_eq!(hundred.matches("\"hostname\"").count(), 1);
}
