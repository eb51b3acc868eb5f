//! Who the end user is: the ID that the site gives, else the anonymous one that this browser keeps.
//!
//! Providers are asked in the order in which the settings name them; the first that answers wins: `cookie`, `variable`
//! (a dotted path from `window`), `localStorage`, `sessionStorage`, `selector` (an element's value or text, or its
//! `attribute`), `meta`, `function` (a value or a promise), `idToken` (its `claim`). `none` ends the list with nobody,
//! `generated` with the anonymous ID. What cannot be an ID is refused and counted.

pub mod pseudonym;

use self::pseudonym::{hashed, mark};
use crate::call_error::CallError;
use crate::host::{Host, guid};
use crate::scope::Scope;
use crate::settings::Config;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use waymark_wire::level::Key;
use waymark_wire::limits::ID_CHARS;
use waymark_wire::settings::{Line, Provider, Providers};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Who the user is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The ID; none where users are not told apart.
    pub id: Option<String>,
    /// Whether the site gave it.
    pub is_known: bool,
}

/// The anonymous user of this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anonymous {
    v: V1,
    /// The GUID.
    pub id: String,
    /// When it was made, epoch ms.
    created_at: i64,
    /// The storage key of the identified user that the anonymous one turned out to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked: Option<String>,
}

/// The end user's ID and how it is known.
#[derive(Debug, Default)]
pub struct Identity {
    /// The anonymous user, once one is needed or found.
    pub anonymous: Option<Anonymous>,
    /// What the site said by `identify`.
    identified: Option<String>,
    /// The storage key of what was refused last, so that it counts once.
    last_refused: Option<String>,
    /// How many values could not be IDs.
    pub refused: u32,
}

impl Identity {
    /// Takes the kept anonymous GUID, where there is one that is not too old.
    pub fn load(&mut self, config: &Config, scope: &Scope, host: &mut impl Host) {
        let (name, days) = (scope.name(Key::EUID), config.days());
        let Some(kept) = host.load(&name, Key::EUID.place, days) else { return };
        let found = serde_json::from_str(&kept)
            .ok()
            .filter(|found: &Anonymous| is_guid(&found.id) && host.now() - found.created_at < i64::from(days) * DAY_MS);
        match found {
            Some(found) => self.anonymous = Some(found),
            None => host.remove(&name),
        }
    }

    fn mint(&mut self, config: &Config, scope: &Scope, host: &mut impl Host) -> &Anonymous {
        let anonymous = Anonymous { v: V1, id: guid(host), created_at: host.now(), linked: None };
        stored::save(&scope.name(Key::EUID), &anonymous, Key::EUID.place, config.days(), host);
        self.anonymous.insert(anonymous)
    }

    /// From here on the user is `id`; gives it as it may be used.
    ///
    /// # Errors
    /// What is wrong with an `id` that cannot be one; the user is then who it was.
    pub fn identify(&mut self, id: &str, config: &Config) -> Result<String, CallError> {
        let id = self.id_of(id, config)?;
        Ok(self.identified.insert(id).clone())
    }

    /// From here on it is somebody else, unknown so far: a new anonymous ID is made when one is needed.
    pub fn reset(&mut self, scope: &Scope, host: &mut impl Host) {
        self.identified = None;
        self.anonymous = None;
        host.remove(&scope.name(Key::EUID));
    }

    /// Who it is now. Whether providers are asked, the user's leave decides.
    pub fn resolve(&mut self, asks: bool, config: &Config, scope: &Scope, host: &mut impl Host) -> Who {
        if let Some(who) = self.known(asks, config, host) {
            return who;
        }
        if self.anonymous.is_none() {
            // Another tab may have made one since this one looked.
            self.load(config, scope, host);
        }
        let anonymous = match &self.anonymous {
            Some(anonymous) => anonymous,
            None => self.mint(config, scope, host),
        };
        Who { id: Some(anonymous.id.clone()), is_known: false }
    }

    /// Whom the site names: by `identify`, else by a provider; nobody where users are not told apart; nothing where none
    /// of them answers.
    pub fn known(&mut self, asks: bool, config: &Config, host: &mut impl Host) -> Option<Who> {
        let providers = config.settings().user.as_ref();
        // Where users are not told apart the site cannot say who the user is either.
        if let (true, Some(id)) = (asks && !providers.is_some_and(Providers::tells_nobody_apart), &self.identified) {
            return Some(Who { id: Some(id.clone()), is_known: true });
        }
        for provider in providers.iter().flat_map(|providers| &providers.0) {
            match provider {
                Provider::None => return Some(Who::default()),
                Provider::Generated => return None,
                provider if asks => {
                    let id = host.read_provider(provider).and_then(|found| self.id_of(&found, config).ok());
                    if id.is_some() {
                        return Some(Who { id, is_known: true });
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The ID as it may be used: checked, and hashed where the site says so. The value itself goes no further.
    fn id_of(&mut self, value: &str, config: &Config) -> Result<String, CallError> {
        if let Some(why) = refusal(value) {
            let refused = Some(mark(value));
            self.refused += u32::from(refused != self.last_refused);
            self.last_refused = refused;
            return Err(why);
        }
        let identity = &config.settings().identity;
        let salt = identity.salt.as_ref().map_or("", Line::as_str);
        Ok(if identity.hash.unwrap_or_default().0 { hashed(salt, value) } else { value.to_owned() })
    }

    /// Whether the anonymous user may turn out to be the identified one of that storage key: it was nobody else before.
    pub fn may_be(&self, user: &str) -> bool {
        self.anonymous.as_ref().is_some_and(|anonymous| anonymous.linked.as_deref().is_none_or(|linked| linked == user))
    }

    /// The anonymous user is the identified one of that storage key from here on. Returns the anonymous ID, if that is news.
    pub fn link(&mut self, user: &str, config: &Config, scope: &Scope, host: &mut impl Host) -> Option<&str> {
        let anonymous = self.anonymous.as_mut()?;
        if anonymous.linked.as_deref() == Some(user) {
            return None;
        }
        anonymous.linked = Some(user.to_owned());
        stored::save(&scope.name(Key::EUID), anonymous, Key::EUID.place, config.days(), host);
        Some(&anonymous.id)
    }
}

/// Whether `text` is a hyphenated GUID; what a browser kept may have been edited by hand.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// Values that sites hand over when nobody is logged in, in lower case.
const NOBODY: &[&str] = &[
    "",
    "null",
    "undefined",
    "nan",
    "none",
    "nil",
    "true",
    "false",
    "0",
    "-1",
    "[object object]",
    "[object undefined]",
    "[object null]",
    "anonymous",
    "guest",
    "unknown",
    "unidentified",
    "userid",
    "user_id",
    "id",
    "email",
    "not_authenticated",
    "00000000-0000-0000-0000-000000000000",
];

/// Why `id` cannot be anybody's, or `None` where it can.
fn refusal(id: &str) -> Option<CallError> {
    if NOBODY.iter().any(|nobody| id.trim_ascii().eq_ignore_ascii_case(nobody)) {
        Some(CallError::IdNobody)
    } else if id.chars().count() > ID_CHARS {
        Some(CallError::IdTooLong)
    } else {
        id.bytes().any(|byte| byte.is_ascii_control()).then_some(CallError::IdControl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};

    fn config(settings: &str) -> Config {
        let config = Config::of(settings);
        assert_eq!(config.problems, []);
        config
    }

    fn loaded(config: &Config, host: &mut MemoryHost) -> Identity {
        let mut identity = Identity::default();
        identity.load(config, &scope(), host);
        identity
    }

    fn who(settings: &str, host: &mut MemoryHost) -> Who {
        let config = config(settings);
        loaded(&config, host).resolve(true, &config, &scope(), host)
    }

    fn known(id: &str) -> Who {
        Who { id: Some(id.to_owned()), is_known: true }
    }

    #[test]
    fn the_anonymous_id_is_kept_and_used_again_until_it_is_too_old() {
        let host = &mut MemoryHost::default();
        let first = who("identity.days = 10", host);
        assert!(!first.is_known && is_guid(first.id.as_ref().unwrap()));
        host.now = 10 * DAY_MS - 1;
        assert_eq!(who("identity.days = 10", host), first);
        host.now += 1;
        assert_ne!(who("identity.days = 10", host), first);
    }

    #[test]
    fn no_id_is_made_where_none_is_needed() {
        let host = &mut MemoryHost::default();
        host.cookies.insert("user".to_owned(), "ann".to_owned());
        assert_eq!(who("user.cookie = 'user'", host), known("ann"));
        assert_eq!(who("user = 'none'", host), Who::default());
        assert!(host.stored.is_empty());
    }

    #[test]
    fn a_kept_value_that_is_no_guid_is_replaced() {
        let host = &mut MemoryHost::default();
        let short = r#"{"v":1,"id":"9ef11e58","created_at":0}"#;
        for edited in
            ["edited by hand", "{}", short, &short.replace("9ef11e58", "9ef11e58-809f-4d93-855d-22f12c3fd40x")]
        {
            host.stored.insert("wm-euid.demo".to_owned(), edited.to_owned());
            let id = who("", host).id;
            assert!(host.stored["wm-euid.demo"].contains(&id.unwrap()));
        }
    }

    #[test]
    fn what_names_nobody_is_nobody_and_counted_once() {
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
            assert!(!identity.resolve(true, &config, &scope(), host).is_known, "{nobody:?}");
            assert!(identity.identify(nobody, &config).is_err(), "{nobody:?}");
            assert_eq!(identity.refused as usize, count + 1, "{nobody:?}");
        }
        for somebody in ["1", "annulled", "x".repeat(256).as_str(), "\u{1f600}"] {
            host.cookies.insert("user".to_owned(), somebody.to_owned());
            assert_eq!(identity.resolve(true, &config, &scope(), host), known(somebody));
        }
    }

    #[test]
    fn every_provider_can_answer_and_the_first_that_does_wins() {
        let host = &mut MemoryHost::default();
        let list = ["localStorage", "sessionStorage", "selector", "meta", "idToken", "function", "variable", "cookie"];
        let settings: Vec<String> = list.iter().rev().map(|kind| format!("user.{kind} = 'at'")).collect();
        for kind in list {
            match kind {
                "cookie" => host.cookies.insert("at".to_owned(), kind.to_owned()),
                "variable" => host.variables.insert("at".to_owned(), kind.to_owned()),
                "function" => host.functions.insert("at".to_owned(), kind.to_owned()),
                _ => host.others.insert((kind.to_owned(), "at".to_owned()), kind.to_owned()),
            };
            assert_eq!(who(&settings.join("\n"), host), known(kind));
        }
        assert!(!who("user = ['generated', { cookie = 'at' }]", host).is_known, "generated ends the list");
        assert_eq!(who("user = [{ meta = 'other' }, 'none', { cookie = 'at' }]", host).id, None, "and so does none");
    }

    #[test]
    fn the_site_knows_best() {
        let host = &mut MemoryHost::default();
        host.cookies.insert("user".to_owned(), "cookie".to_owned());
        let config = config("user.cookie = 'user'");
        let mut identity = loaded(&config, host);
        identity.identify("explicit", &config).unwrap();
        assert_eq!(identity.resolve(true, &config, &scope(), host), known("explicit"));
        assert!(!identity.resolve(false, &config, &scope(), host).is_known, "without leave nobody is asked");
        let nobody = self::config("user = 'none'");
        assert_eq!(
            identity.resolve(true, &nobody, &scope(), host).id,
            None,
            "and who is told apart from nobody has no ID"
        );
        identity.reset(&scope(), host);
        assert_eq!(identity.resolve(true, &config, &scope(), host), known("cookie"));
    }

    #[test]
    fn a_hashed_id_is_salted_and_hashed_whoever_gave_it() {
        let host = &mut MemoryHost::default();
        host.cookies.insert("user".to_owned(), "adam.br".to_owned());
        assert_eq!(
            who("user.cookie = 'user'\nidentity.hash = true", host).id.unwrap(),
            "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"
        );
        let settings = "user.cookie = 'user'\nidentity.hash = true\nidentity.salt = 'pepper'";
        assert_eq!(who(settings, host).id, Some(hashed("pepper", "adam.br")));
    }

    #[test]
    fn an_anonymous_user_is_one_known_user_and_no_other() {
        let host = &mut MemoryHost::default();
        let config = config("");
        let mut identity = loaded(&config, host);
        assert!(!identity.may_be("1"), "there is nobody to be");
        identity.resolve(true, &config, &scope(), host);
        assert!(identity.may_be("1") && identity.link("1", &config, &scope(), host).is_some());
        assert!(identity.link("1", &config, &scope(), host).is_none(), "that is no news");
        let again = loaded(&config, host);
        assert!(again.may_be("1") && !again.may_be("2"));
    }
}
