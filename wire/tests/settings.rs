//! The recorder's settings: reading from a page, reading from a file, and restriction by a page.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;
use waymark_wire::level::{Field, Kind, Switch};
use waymark_wire::settings::{
    ConsentMode, Gate, PageSettings, PageSettingsError, Problem, Provider, Providers, Settings, SiteSettings, Value,
};
use waymark_wire::{Allowed, Level};

fn value(json: serde_json::Value) -> Value {
    serde_json::from_value(json).unwrap()
}

fn read(json: serde_json::Value) -> (Settings, Vec<String>) {
    let mut problems = Vec::new();
    let settings = Settings::read(&value(json), &mut problems);
    (settings, problems.iter().map(Problem::message).collect())
}

#[track_caller]
fn good(json: serde_json::Value) -> Settings {
    let (settings, problems) = read(json);
    assert!(problems.is_empty(), "{problems:?}");
    settings
}

fn providers(json: serde_json::Value) -> Vec<String> {
    let list = good(json).user.unwrap_or_default();
    list.0.iter().map(|provider| serde_json::to_string(provider).unwrap()).collect()
}

#[test]
fn by_default_level_1_is_collected_without_query_and_hash() {
    let mut allowed = Allowed::at(Level::Engagement);
    allowed.without(Switch::Query);
    allowed.without(Switch::Hash);
    assert_eq!(Settings::default().allowed(), allowed);
    let all = good(json!({ "level": 3, "collect": { "query": "page", "hash": true } }));
    assert_eq!(all.allowed(), Allowed::at(Level::Playback));
}

#[test]
fn every_switch_can_be_off_and_removes_its_fields() {
    for switch in Switch::ALL {
        let off = match switch {
            Switch::Query => json!({}),
            Switch::User => json!({ "user": "none" }),
            _ => json!({ switch.name(): false }),
        };
        let settings = good(off);
        assert!(settings.is_off(switch), "{}", switch.name());
        for field in Field::ALL.iter().filter(|field| field.rule().1 & switch.bit() != 0) {
            assert!(!settings.allowed().field(*field), "{field:?}");
        }
        for kind in Kind::ALL.iter().filter(|kind| Kind::rule(kind.name).1 & switch.bit() != 0) {
            assert!(!settings.allowed().kind(kind.name), "{}", kind.name);
        }
    }
    let sometimes = good(json!({ "user": [{ "selector": "#a" }, "none"] }));
    assert!(!sometimes.is_off(Switch::User), "some users have an ID");
}

#[test]
fn a_wrong_setting_is_named_and_replaced_by_the_safest_and_the_others_hold() {
    for (wrong, message, expected) in [
        (json!({ "level": 4 }), "level must be a whole number from 0 to 3", json!({ "level": 0 })),
        (json!({ "level": "2" }), "level must be a whole number from 0 to 3", json!({ "level": 0 })),
        (json!({ "level": 1.5 }), "level must be a whole number from 0 to 3", json!({ "level": 0 })),
        (json!({ "level": [1] }), "level must be a whole number from 0 to 3", json!({ "level": 0 })),
        (
            json!({ "consent": "never" }),
            "consent must be one of implied, anonymous, wait",
            json!({ "consent": "wait" }),
        ),
        (json!({ "gpc": "ignore" }), "gpc must be one of limit, deny", json!({ "gpc": "deny" })),
        (json!({ "dnt": true }), "dnt must be one of ignore, limit, deny", json!({ "dnt": "deny" })),
        (
            json!({ "collect": { "title": "no" } }),
            "collect.title must be true or false",
            json!({ "collect": { "title": false } }),
        ),
        (json!({ "collect": 1 }), "collect is no setting", json!({})),
        (
            json!({ "collect": { "query": ["a", 1] } }),
            "collect.query must be a text of one line, or a list of them",
            json!({ "collect": { "query": [] } }),
        ),
        (
            json!({ "identity": { "hash": 1 } }),
            "identity.hash must be true or false",
            json!({ "identity": { "hash": true } }),
        ),
        (
            json!({ "identity": { "days": 0 } }),
            "identity.days must be a whole number from 1 to 400",
            json!({ "identity": { "days": 1 } }),
        ),
        (json!({ "manual": "yes" }), "manual must be true or false", json!({ "manual": true })),
        (json!({ "batch": { "size": 1 } }), "batch.size is no setting", json!({})),
        (
            json!({ "batch": { "events": 0 } }),
            "batch.events must be a whole number from 1 to 1000",
            json!({ "batch": { "events": 250 } }),
        ),
        (json!({ "levle": 1 }), "levle is no setting", json!({})),
        (
            json!({ "user": "nobody" }),
            "user must be none, generated, an object of places, or a list of these",
            json!({ "user": ["none"] }),
        ),
        (json!({ "user": { "cookie": "" } }), "user.cookie must be a text of one line", json!({ "user": [] })),
        (json!({ "user": { "cookie": "a\nb" } }), "user.cookie must be a text of one line", json!({ "user": [] })),
        (
            json!({ "user": { "selector": "#a", "attribute": 5 } }),
            "user.attribute must be a text of one line",
            json!({ "user": [] }),
        ),
        (
            json!({ "user": { "function": 5 } }),
            "user.function must be a function, or its dotted path from window",
            json!({ "user": [] }),
        ),
    ] {
        let (settings, problems) = read(wrong.clone());
        assert_eq!(problems, [message], "{wrong}");
        assert_eq!(serde_json::to_value(&settings).unwrap(), expected, "{wrong}");
        let mut beside = wrong;
        beside.as_object_mut().unwrap().insert("env".to_owned(), json!(3));
        assert_eq!(read(beside).0.env.unwrap().0, 3, "the others hold");
    }
    let (closed, _) = read(json!({ "gate": 1 }));
    assert_eq!(closed.gate, Some(Gate::Closed));
}

#[test]
fn every_setting_has_a_description_and_accepts_its_default_and_safest_value() {
    let described: Vec<_> = Settings::descriptions();
    assert_eq!(described.iter().map(|one| one.name).collect::<Vec<_>>(), Settings::NAMES[1..]);
    for one in &described {
        for text in [&one.default, &one.safest] {
            let json: serde_json::Value = serde_json::from_str(text).unwrap();
            if !json.is_null() {
                good(json!({ one.name: json }));
            }
        }
        let (_, problems) = read(json!({ one.name: { "an": "object" } }));
        assert_eq!(problems, [format!("{} {}", one.name, one.must_be)]);
        // The bounds in the description of a number are the actual bounds.
        if let Some((least, most)) =
            one.must_be.strip_prefix("must be a whole number from ").and_then(|s| s.split_once(" to "))
        {
            let (least, most): (i64, i64) = (least.parse().unwrap(), most.parse().unwrap());
            for (number, is_right) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
                assert_eq!(read(json!({ one.name: number })).1.is_empty(), is_right, "{} {number}", one.name);
            }
        }
        if let Some(words) = one.must_be.strip_prefix("must be one of ") {
            words.split(", ").for_each(|word| drop(good(json!({ one.name: word }))));
        }
    }
}

#[test]
fn providers_keep_their_order_in_every_form() {
    let two = [r#"{"variable":"app.user"}"#, r#"{"cookie":"shop"}"#];
    for form in [
        r#"{"user":[{"variable":"app.user"},{"cookie":"shop"}]}"#,
        r#"{"user":{"variable":"app.user","cookie":"shop","meta":null}}"#,
        r#"{"user.variable":"app.user","user.cookie":"shop"}"#,
    ] {
        let settings = Settings::read(&serde_json::from_str(form).unwrap(), &mut Vec::new());
        assert_eq!(serde_json::to_string(&settings.user).unwrap(), format!("[{}]", two.join(",")), "{form}");
    }
    let two_of_a_kind = json!({ "user": { "variable": ["app.nobody", "app.user"] } });
    assert_eq!(providers(two_of_a_kind), [r#"{"variable":"app.nobody"}"#, r#"{"variable":"app.user"}"#]);
    assert_eq!(
        providers(json!({ "user.selector": "#a", "user.attribute": "b" })),
        [r##"{"selector":"#a","attribute":"b"}"##]
    );
    assert_eq!(
        providers(
            json!({ "user": [{ "attribute": "data-id", "selector": "#a" }, { "idToken": "variable:t", "claim": "sub" }, "none"] })
        ),
        [r##"{"selector":"#a","attribute":"data-id"}"##, r#"{"idToken":"variable:t","claim":"sub"}"#, r#""none""#]
    );
}

#[test]
fn a_function_is_recognised_only_in_the_form_of_the_browser_edge() {
    let settings = good(json!({ "gate": { "$function": 0 }, "user": { "function": { "$function": 1 } } }));
    assert!(matches!(settings.gate, Some(Gate::Ask(_))));
    assert!(matches!(settings.user.unwrap().0[..], [Provider::Function(_)]));
    assert_eq!(read(json!({ "user": { "cookie": { "$function": 1 } } })).1, ["user.cookie must be a text of one line"]);
}

#[test]
fn without_a_site_or_a_collector_nothing_starts() {
    for (page, expected) in [
        (json!(null), Err(PageSettingsError::NoObject)),
        (json!("x"), Err(PageSettingsError::NoObject)),
        (json!({}), Err(PageSettingsError::Site)),
        (json!({ "site": 1, "collector": "/c" }), Err(PageSettingsError::Site)),
        (json!({ "site": "a b", "collector": "/c" }), Err(PageSettingsError::Site)),
        (json!({ "site": "k" }), Err(PageSettingsError::Collector)),
        (json!({ "site": "k", "collector": "c.example" }), Err(PageSettingsError::Collector)),
        (json!({ "site": "k", "collector": "/c" }), Ok(())),
    ] {
        assert_eq!(PageSettings::read(&value(page.clone()), &mut Vec::new()).map(drop), expected, "{page}");
    }
    let mut problems = Vec::new();
    let page = json!({ "site": "k", "collector": "https://c", "region": "mars", "sampling": 101, "level": 2 });
    let page = PageSettings::read(&value(page), &mut problems).unwrap();
    assert_eq!((page.region, page.sampling.unwrap().0, page.settings.level), (None, 0, Some(Level::Experience)));
    let messages: Vec<_> = problems.iter().map(Problem::message).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
}

#[test]
fn a_collector_s_answer_must_have_a_level_and_unknown_settings_are_ignored() {
    for other in
        [json!(null), json!({ "title": "Welcome" }), json!({ "settings": {} }), json!({ "settings": { "levels": 1 } })]
    {
        assert_eq!(SiteSettings::read(&value(other.clone())), None, "{other}");
    }
    let answer = json!({ "settings": { "level": 2, "levle": 3, "playback": { "fps": 3 }, "collect": { "title": "maybe" } }, "sampling": 10, "region": "eu" });
    let site = SiteSettings::read(&value(answer)).unwrap();
    assert_eq!(
        (site.settings.level, site.sampling.0, site.region.unwrap().as_str()),
        (Some(Level::Experience), 10, "eu")
    );
    assert!(site.settings.is_off(Switch::Title), "the safest value stands in");
}

#[test]
fn a_page_can_restrict_but_never_widen() {
    for (owner, page, name, holds) in [
        (json!({ "level": 1 }), json!({ "level": 3 }), "level", json!(1)),
        (json!({ "level": 3 }), json!({ "level": 1 }), "level", json!(1)),
        (json!({ "level": 3 }), json!({}), "level", json!(3)),
        (json!({}), json!({ "level": 3 }), "level", json!(1)),
        (json!({ "collect": { "title": false } }), json!({ "collect.title": true }), "collect.title", json!(false)),
        (json!({}), json!({ "collect.title": false }), "collect.title", json!(false)),
        (json!({}), json!({ "collect.hash": true }), "collect.hash", json!(false)),
        (json!({ "collect": { "hash": true } }), json!({ "collect.hash": false }), "collect.hash", json!(false)),
        (json!({ "collect": { "hash": true } }), json!({}), "collect.hash", json!(true)),
        (json!({ "identity": { "hash": true } }), json!({ "identity.hash": false }), "identity.hash", json!(true)),
        (json!({}), json!({ "identity.hash": true }), "identity.hash", json!(true)),
        (json!({ "identity": { "days": 30 } }), json!({ "identity.days": 90 }), "identity.days", json!(30)),
        (json!({}), json!({ "identity.days": 400 }), "identity.days", json!(365)),
        (json!({ "consent": "wait" }), json!({ "consent": "implied" }), "consent", json!("wait")),
        (json!({ "consent": "anonymous" }), json!({ "consent": "wait" }), "consent", json!("wait")),
        (json!({ "gpc": "deny" }), json!({ "gpc": "limit" }), "gpc", json!("deny")),
        (json!({}), json!({ "dnt": "limit" }), "dnt", json!("limit")),
        (json!({ "manual": true }), json!({ "manual": false }), "manual", json!(true)),
        // No value of these settings is safer than another, so the owner's holds if it is set.
        (json!({ "batch": { "events": 5 } }), json!({ "batch.events": 9 }), "batch.events", json!(5)),
        (json!({}), json!({ "batch.events": 9 }), "batch.events", json!(9)),
        (json!({ "gate": "app.may" }), json!({ "gate": "app.always" }), "gate", json!("app.may")),
        (json!({}), json!({ "gate": "app.may" }), "gate", json!("app.may")),
        (json!({}), json!({ "state": "cookie" }), "state", json!("cookie")),
    ] {
        let (owner, page) = (good(owner), good(page));
        let in_force = owner.clone().restricted(page.clone());
        let json = serde_json::to_value(&in_force).unwrap();
        let held = json.pointer(&format!("/{}", name.replace('.', "/"))).unwrap();
        assert_eq!(*held, holds, "{name}: {owner:?} {page:?}");
        let asked = serde_json::to_value(&page).unwrap().pointer(&format!("/{}", name.replace('.', "/"))).cloned();
        let is_overruled = asked.is_some_and(|asked| asked != holds);
        assert_eq!(page.overruled(&in_force), if is_overruled { vec![name] } else { Vec::new() }, "{name}");
    }
}

#[test]
fn the_owner_s_providers_hold_and_the_page_can_only_shorten_the_query_list() {
    let both = |owner: serde_json::Value, page: serde_json::Value| good(owner).restricted(good(page));
    let users = |settings: Settings| serde_json::to_value(settings.user).unwrap();
    let owner = json!({ "gate": "user.may", "user": { "cookie": "a" } });
    assert_eq!(users(both(owner.clone(), json!({ "user": { "cookie": "z" } }))), json!([{ "cookie": "a" }]));
    assert_eq!(users(both(owner, json!({ "user": "none" }))), json!(["none"]));
    assert_eq!(users(both(json!({}), json!({ "user": { "cookie": "z" } }))), json!([{ "cookie": "z" }]));
    let query = |owner, page| serde_json::to_value(both(owner, page).collect.query).unwrap();
    let owner = json!({ "collect": { "query": ["a", "b"] } });
    assert_eq!(query(owner.clone(), json!({})), json!(["a", "b"]));
    assert_eq!(query(owner, json!({ "collect": { "query": ["b", "c"] } })), json!(["b"]));
    assert_eq!(query(json!({}), json!({ "collect": { "query": "c" } })), json!([]));
}

/// Any JSON value that a page might pass.
fn anything() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|is| json!(is)),
        (-2i64..500).prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        "implied|anonymous|wait|limit|deny|ignore|localStorage|cookie|none|generated|us|eu|app\\.user|.{0,3}"
            .prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let key = "cookie|variable|selector|attribute|function|idToken|claim|\\$function|title|.{0,2}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|list| json!(list)),
            prop::collection::btree_map(key, inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

/// Any settings object: known names with any value, and unknown names.
fn any_object() -> impl Strategy<Value = serde_json::Value> {
    let known = prop::sample::select(Settings::NAMES.to_vec()).prop_map(str::to_owned);
    let name = prop_oneof![6 => known, 1 => "collect|batch|identity|user\\.cookie|site|.{0,4}"];
    prop::collection::btree_map(name, anything(), 0..12).prop_map(|map| json!(map))
}

/// Valid settings, most of them set.
fn any_settings() -> impl Strategy<Value = Settings> {
    any_object().prop_map(|object| read(object).0)
}

fn days(settings: &Settings) -> u16 {
    settings.identity.days.unwrap_or_default().0
}

proptest! {
    #[test]
    fn nothing_that_a_page_says_breaks_the_reader(object in anything()) {
        let mut problems = Vec::new();
        Settings::read(&value(object.clone()), &mut problems);
        let _ = PageSettings::read(&value(object.clone()), &mut problems);
        let _ = SiteSettings::read(&value(object));
    }

    /// A file is read strictly and a page is read setting by setting. Both accept the same valid settings.
    #[test]
    fn both_readers_read_written_settings_alike(settings in any_settings()) {
        prop_assume!(settings.gate != Some(Gate::Closed));
        let is_of_functions = serde_json::to_string(&settings).unwrap().contains(":null");
        prop_assume!(!is_of_functions);
        let written = serde_json::to_value(&settings).unwrap();
        let strict: Settings = serde_json::from_value(written.clone()).unwrap();
        prop_assert_eq!(&strict, &settings);
        let mut lenient = good(written);
        // An empty list of providers means that `user` is not set.
        if settings.user == Some(Providers::default()) {
            lenient.user = settings.user.clone();
        }
        prop_assert_eq!(lenient, settings);
    }

    #[test]
    fn restricting_never_widens(owner in any_settings(), page in any_settings()) {
        let both = owner.clone().restricted(page.clone());
        let (most, held) = (owner.allowed(), both.allowed());
        prop_assert!(held.level() <= most.level());
        for &field in Field::ALL {
            prop_assert!(most.field(field) || !held.field(field), "{:?}", field);
        }
        for kind in Kind::ALL {
            prop_assert!(most.kind(kind.name) || !held.kind(kind.name), "{}", kind.name);
        }
        prop_assert!(days(&both) <= days(&owner) && days(&both) <= days(&page).max(days(&owner)));
        prop_assert!(both.consent.unwrap_or_default() >= owner.consent.unwrap_or_default());
        prop_assert!(both.gpc.unwrap_or_default() >= owner.gpc.unwrap_or_default());
        prop_assert!(both.dnt.unwrap_or_default() >= owner.dnt.unwrap_or_default());
        prop_assert!(both.manual.unwrap_or_default().0 || !owner.manual.unwrap_or_default().0);
        prop_assert!(both.identity.hash.unwrap_or_default().0 || !owner.identity.hash.unwrap_or_default().0);
        prop_assert!(owner.gate.is_none() || both.gate == owner.gate, "the owner's gate stays");
        let names = |settings: &Settings| settings.collect.query.clone().unwrap_or_default().0;
        prop_assert!(names(&both).iter().all(|name| names(&owner).contains(name)));
        // Every list of censored elements has what either list has.
        let censored = |settings: &Settings| {
            let lists = [&settings.censor.ids, &settings.censor.classes, &settings.censor.selectors];
            lists.map(|list| list.clone().unwrap_or_default().0)
        };
        for asked in [censored(&owner), censored(&page)] {
            for (held, asked) in censored(&both).iter().zip(asked) {
                prop_assert!(asked.iter().all(|name| held.contains(name)));
            }
        }
        prop_assert!(both.collect.paths.unwrap_or_default() >= owner.collect.paths.unwrap_or_default());
        // The stricter of both values is in force.
        prop_assert!(page.level.is_none_or(|level| both.level.unwrap_or_default() <= level));
        prop_assert!(page.consent.is_none_or(|mode: ConsentMode| both.consent.unwrap_or_default() >= mode));
        // A second restriction changes nothing.
        prop_assert_eq!(both.clone().restricted(page), both);
    }
}
