use super::*;
use crate::testing::MemoryHost;

fn config(settings: &str) -> ActiveSettings {
    let config = ActiveSettings::of(settings);
    assert_eq!(config.problems(), []);
    config
}

fn loaded(config: &ActiveSettings, host: &mut MemoryHost) -> Identity {
    let mut identity = Identity::default();
    identity.load(config, host);
    identity
}

fn who(settings: &str, host: &mut MemoryHost) -> User {
    let config = config(settings);
    resolved(&mut loaded(&config, host), true, &config, host)
}

fn resolved(identity: &mut Identity, asks: bool, config: &ActiveSettings, host: &mut MemoryHost) -> User {
    identity.resolve(asks, config, host);
    identity.user().clone()
}

fn known(id: &str) -> User {
    User { id: Some(id.to_owned()), is_identified: true }
}

#[test]
fn the_anonymous_id_is_stored_and_reused_until_it_is_too_old() {
    let host = &mut MemoryHost::default();
    let first = who("identity.days = 10", host);
    assert!(!first.is_identified && is_guid(first.id.as_ref().unwrap()));
    host.now = 10 * DAY_MS - 1;
    assert_eq!(who("identity.days = 10", host), first);
    host.now += 1;
    assert_ne!(who("identity.days = 10", host), first);
}

#[test]
fn no_anonymous_id_is_created_if_none_is_needed() {
    let host = &mut MemoryHost::default();
    host.cookies.insert("user".to_owned(), "ann".to_owned());
    assert_eq!(who("user.cookie = 'user'", host), known("ann"));
    assert_eq!(who("user = 'none'", host), User::default());
    assert!(host.stored.is_empty());
}

#[test]
fn a_stored_value_that_is_not_a_guid_is_replaced() {
    let host = &mut MemoryHost::default();
    let short = r#"{"v":1,"id":"9ef11e58","created_at":0}"#;
    for edited in ["edited by hand", "{}", short, &short.replace("9ef11e58", "9ef11e58-809f-4d93-855d-22f12c3fd40x")] {
        host.stored.insert("wm-euid.demo".to_owned(), edited.to_owned());
        let id = who("", host).id;
        assert!(host.stored["wm-euid.demo"].contains(&id.unwrap()));
    }
}

#[test]
fn placeholder_ids_are_refused_and_counted_once() {
    let host = &mut MemoryHost::default();
    let config = config("user.cookie = 'user'");
    let mut identity = loaded(&config, host);
    let nobodies = [
        "",
        "null",
        " Undefined ",
        "NaN",
        "[object Object]",
        "anonymous",
        "guest",
        "false",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "a\u{7}b",
        &"x".repeat(257),
        &"\u{e9}".repeat(257),
    ];
    for (count, nobody) in nobodies.iter().enumerate() {
        host.cookies.insert("user".to_owned(), (*nobody).to_owned());
        assert!(!resolved(&mut identity, true, &config, host).is_identified, "{nobody:?}");
        assert!(identity.identify(nobody, &config).is_err(), "{nobody:?}");
        assert_eq!(identity.refused() as usize, count + 1, "{nobody:?}");
    }
    for somebody in ["1", "annulled", "x".repeat(256).as_str(), "\u{1f600}"] {
        host.cookies.insert("user".to_owned(), somebody.to_owned());
        assert_eq!(resolved(&mut identity, true, &config, host), known(somebody));
    }
}

#[test]
fn every_provider_works_and_the_first_id_wins() {
    let host = &mut MemoryHost::default();
    let list = ["localStorage", "sessionStorage", "selector", "meta", "idToken", "function", "variable", "cookie"];
    let settings: Vec<String> = list.iter().rev().map(|kind| format!("user.{kind} = 'at'")).collect();
    for kind in list {
        match kind {
            "cookie" => host.cookies.insert("at".to_owned(), kind.to_owned()),
            "variable" => host.variables.insert("at".to_owned(), kind.to_owned()),
            "function" => host.functions.insert("at".to_owned(), kind.to_owned()),
            _ => host.other_providers.insert((kind.to_owned(), "at".to_owned()), kind.to_owned()),
        };
        assert_eq!(who(&settings.join("\n"), host), known(kind));
    }
    assert!(!who("user = ['generated', { cookie = 'at' }]", host).is_identified, "generated ends the list");
    assert_eq!(who("user = [{ meta = 'other' }, 'none', { cookie = 'at' }]", host).id, None, "and so does none");
}

#[test]
fn an_id_passed_to_identify_wins_over_providers() {
    let host = &mut MemoryHost::default();
    host.cookies.insert("user".to_owned(), "cookie".to_owned());
    let config = config("user.cookie = 'user'");
    let mut identity = loaded(&config, host);
    identity.identify("explicit", &config).unwrap();
    assert_eq!(resolved(&mut identity, true, &config, host), known("explicit"));
    assert!(!resolved(&mut identity, false, &config, host).is_identified, "without permission no provider is read");
    let nobody = self::config("user = 'none'");
    assert_eq!(resolved(&mut identity, true, &nobody, host).id, None, "provider none wins over identify");
    identity.reset(&config, host);
    assert_eq!(resolved(&mut identity, true, &config, host), known("cookie"));
}

#[test]
fn an_id_is_salted_and_hashed_if_the_site_asks_for_it() {
    let host = &mut MemoryHost::default();
    host.cookies.insert("user".to_owned(), "adam.br".to_owned());
    assert_eq!(
        who("user.cookie = 'user'\nidentity.hash = true", host).id.unwrap(),
        "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"
    );
    let settings = "user.cookie = 'user'\nidentity.hash = true\nidentity.salt = 'pepper'";
    assert_eq!(who(settings, host).id, Some(pseudonym("pepper", "adam.br")));
}

#[test]
fn an_anonymous_user_is_linked_to_one_identified_user_only() {
    let host = &mut MemoryHost::default();
    let config = config("");
    let mut identity = loaded(&config, host);
    assert!(!identity.can_link("1"), "there is no anonymous user");
    identity.resolve(true, &config, host);
    assert!(identity.can_link("1") && identity.link("1", &config, host).is_some());
    assert!(identity.link("1", &config, host).is_none(), "the link is not new");
    let again = loaded(&config, host);
    assert!(again.can_link("1") && !again.can_link("2"));
}
