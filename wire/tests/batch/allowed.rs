//! What a site does not collect is neither written nor stored.

use crate::fixtures::{BATCH, value};
use crate::strategy::{any_allowed, any_event};
use crate::writing::{ACCOUNT, ALL, body, closed, encode};
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};
use waymark_wire::level::Switch;
use waymark_wire::{Allowed, Batch, BatchBuilder, Field, Level};

/// The paths of all leaves in an event's context, in the form of the level table.
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
    // The account is added by the collector, and the interaction GUID has another place in the batch.
    found.retain(|path| path != "wm.uId");
    found.iter_mut().filter(|path| *path == "wm.interactionGuid").for_each(|path| *path = "interactionGuid".to_owned());
    found
}

proptest! {
    /// On the recorder's side, exactly the fields that the level table allows are written.
    #[test]
    fn a_field_that_is_not_allowed_is_not_on_the_wire(event in any_event(), allowed in any_allowed()) {
        let mut builder = BatchBuilder::default();
        builder.set_context(&event.context().only(&allowed));
        builder.push(event.time, "play", RawValue::from_string("{}".to_owned()).unwrap());
        let body = body(&closed(&builder));
        let batch = Batch::read(body.as_bytes()).unwrap();
        // Expanding with everything allowed shows all fields that were sent.
        let seen = serde_json::to_value(batch.expand(ACCOUNT, &ALL).events.remove(0).unwrap().1).unwrap();
        let all = leaves(&serde_json::to_value(&event).unwrap());
        let expected: Vec<String> = all.into_iter().filter(|path| allowed.field(Field::at(path).unwrap())).collect();
        prop_assert_eq!(leaves(&seen), expected);
    }

    /// On the collector's side, the other fields are stripped and counted.
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
}

#[test]
fn unknown_fields_are_stripped_and_counted() {
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
fn values_without_a_field_name_are_not_accepted() {
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
    // The title of the second context is stripped too.
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
