//! Any event, and any set of allowed fields.

use crate::writing::ACCOUNT;
use proptest::prelude::*;
use serde_json::value::RawValue;
use std::sync::Arc;
use waymark_wire::level::Switch;
use waymark_wire::{Allowed, Browser, Ctx, Env, Event, IdSource, Level, Location, Os, Screen, Version, Visions, Wm};

/// An event with few distinct values, so that neighbours often share their context. An empty text means a missing
/// value.
pub fn any_event() -> impl Strategy<Value = Event> {
    let text = || prop_oneof![Just("a".to_owned()), Just("b".to_owned()), "(?s).{1,4}"];
    let maybe = move || prop::option::of(text());
    let user = (maybe(), prop::option::of(any::<bool>()), -1..2i32, 0..2u32);
    let env =
        (maybe(), maybe(), prop::option::of(any::<bool>()), prop::option::of(0..3u32), prop::option::of(-900..900i32));
    let ctx = (maybe(), maybe(), maybe(), prop::option::of(any::<bool>()), maybe());
    let data = prop::collection::btree_map("(?s).{0,4}", any::<i32>(), 0..3);
    let own = (0..1i64 << 47, "[^\\p{Cc}]{1,8}", data, any::<bool>());
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
        is_automated: own.3,
    })
}

pub fn any_allowed() -> impl Strategy<Value = Allowed> {
    (1..4u8, prop::collection::vec(prop::sample::select(Switch::ALL.to_vec()), 0..6)).prop_map(|(level, off)| {
        let mut allowed = Allowed::at(Level::of(level));
        off.into_iter().for_each(|switch| allowed.without(switch));
        allowed
    })
}
