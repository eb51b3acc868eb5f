//! The fixtures, and the events in them.

use serde_json::{Value, value::RawValue};
use std::sync::Arc;
use waymark_wire::{Browser, Event, Location, Screen};

/// The example event of the requirements, unchanged.
pub const EXAMPLE: &str = include_str!("../../fixtures/example-event.json");

/// A batch in each version of the format, with its events. Later versions must still read it. The second batch is from
/// a site that collects query and hash but no user, browser or title, and on one page no address.
pub const FIXTURES: [(&str, &str); 2] = [
    (BATCH, include_str!("../../fixtures/v1/events.json")),
    (SPARSE_BATCH, include_str!("../../fixtures/v1/sparse-events.json")),
];

/// The batches in the version that is written now.
pub const BATCH: &str = include_str!("../../fixtures/v1/batch.json");
pub const SPARSE_BATCH: &str = include_str!("../../fixtures/v1/sparse-batch.json");

pub fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The example, then a page view on the next page.
pub fn fixture_events() -> Vec<Event> {
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

/// The fixture events without most of the shared fields, but with the fields that a site must switch on.
pub fn sparse_events() -> Vec<Event> {
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
