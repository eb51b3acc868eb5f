//! Who the end user is: the ID that the site gives, else the anonymous one that this browser keeps.
//!
//! Providers are asked in the order in which the settings name them; the first that answers wins: `cookie`, `variable`
//! (a dotted path from `window`), `localStorage`, `sessionStorage`, `selector` (an element's value or text, or its
//! `attribute`), `meta`, `function` (a value or a promise), `idToken` (its `claim`). `none` ends the list with nobody,
//! `generated` with the anonymous ID. What cannot be an ID is refused and counted.

use crate::config::Config;
use crate::hash::{hashed, mark};
use crate::host::{Host, guid};
use crate::scope::Scope;
use waymark_wire::json;
use waymark_wire::level::Key;
use waymark_wire::limits::ID_CHARS;
use waymark_wire::text::{find, next_part, parse_int};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Who the user is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The ID; empty where users are not told apart.
    pub id: String,
    /// Whether the site gave it.
    pub is_known: bool,
}

/// The end user's ID and how it is known.
#[derive(Debug)]
pub struct Identity {
    /// The anonymous GUID, empty until one is needed or found.
    pub anonymous: String,
    minted: i64,
    /// The mark of the known user that the anonymous one turned out to be; empty for none so far.
    pub linked: String,
    /// What the site said by `identify`; empty where it said nothing.
    identified: String,
    /// The mark of what was refused last, so that it counts once.
    last_refused: String,
    /// How many values could not be IDs.
    pub refused: u32,
}

impl Identity {
    /// Nobody yet.
    pub const fn new() -> Self {
        Identity {
            anonymous: String::new(),
            minted: 0,
            linked: String::new(),
            identified: String::new(),
            last_refused: String::new(),
            refused: 0,
        }
    }

    /// Takes the kept anonymous GUID, where there is one that is not too old.
    pub fn load(&mut self, config: &Config, scope: &Scope, host: &mut impl Host) {
        let days = config.number("identity.days");
        let name = scope.name(Key::EUID);
        let kept = host.load(&name, Key::EUID.place, days as u32).unwrap_or_default();
        let mut rest = kept.as_str();
        let id = next_part(&mut rest, b'.');
        let minted = parse_int(next_part(&mut rest, b'.')).unwrap_or_default();
        if is_guid(id) && host.now() - minted < days * DAY_MS {
            self.anonymous = id.to_owned();
            self.minted = minted;
            self.linked = rest.to_owned();
        } else if !kept.is_empty() {
            host.save(&name, "", Key::EUID.place, 0);
        }
    }

    fn mint(&mut self, config: &Config, scope: &Scope, host: &mut impl Host) {
        self.anonymous = guid(host);
        self.minted = host.now();
        self.linked.clear();
        self.keep(config, scope, host);
    }

    fn keep(&self, config: &Config, scope: &Scope, host: &mut impl Host) {
        let mut kept = self.anonymous.clone();
        kept.push_str(".");
        json::push_int(&mut kept, self.minted);
        kept.push_str(".");
        kept.push_str(&self.linked);
        host.save(&scope.name(Key::EUID), &kept, Key::EUID.place, config.number("identity.days") as u32);
    }

    /// From here on the user is `id`; gives it as it may be used.
    ///
    /// # Errors
    /// What is wrong with an `id` that cannot be one; the user is then who it was.
    pub fn identify(&mut self, id: &str, config: &Config) -> Result<String, &'static str> {
        self.identified = self.id_of(id, config)?;
        Ok(self.identified.clone())
    }

    /// From here on it is somebody else, unknown so far: a new anonymous ID is made when one is needed.
    pub fn reset(&mut self, scope: &Scope, host: &mut impl Host) {
        self.identified.clear();
        self.anonymous.clear();
        self.linked.clear();
        host.save(&scope.name(Key::EUID), "", Key::EUID.place, 0);
    }

    /// Who it is now. Whether providers are asked, the user's leave decides.
    pub fn resolve(&mut self, asks: bool, config: &Config, scope: &Scope, host: &mut impl Host) -> Who {
        if let Some(who) = self.known(asks, config, host) {
            return who;
        }
        if self.anonymous.is_empty() {
            // Another tab may have made one since this one looked.
            self.load(config, scope, host);
        }
        if self.anonymous.is_empty() {
            self.mint(config, scope, host);
        }
        Who { id: self.anonymous.clone(), is_known: false }
    }

    /// Whom the site names: by `identify`, else by a provider; nobody where users are not told apart; nothing where none
    /// of them answers.
    pub fn known(&mut self, asks: bool, config: &Config, host: &mut impl Host) -> Option<Who> {
        let mut id = String::new();
        let mut lines = Vec::new();
        config.each("user", &mut |kind, at| lines.push((kind, at)));
        // Where users are not told apart the site cannot tell who it is either.
        if asks && lines.first() != Some(&("", "none")) {
            id.push_str(&self.identified);
        }
        for (place, (kind, at)) in lines.iter().enumerate() {
            if !id.is_empty() {
                break;
            }
            if kind.is_empty() {
                return (*at == "none").then_some(Who { id, is_known: false });
            }
            if !asks {
                continue;
            }
            let detail = match lines.get(place + 1) {
                Some((".attribute" | ".claim", detail)) => detail,
                _ => "",
            };
            let found = host.provided(kind.get(1..).unwrap_or_default(), at, detail);
            id = found.and_then(|found| self.id_of(&found, config).ok()).unwrap_or_default();
        }
        (!id.is_empty()).then_some(Who { id, is_known: true })
    }

    /// The ID as it may be used: checked, and hashed where the site says so. The value itself goes no further.
    fn id_of(&mut self, value: &str, config: &Config) -> Result<String, &'static str> {
        if let Some(why) = refusal(value) {
            let refused = mark(value);
            self.refused += u32::from(refused != self.last_refused);
            self.last_refused = refused;
            return Err(why);
        }
        Ok(if config.is("identity.hash") { hashed(config.text("identity.salt"), value) } else { value.to_owned() })
    }

    /// Whether the anonymous user may turn out to be the known one of that mark: it was nobody else before.
    pub fn may_be(&self, mark: &str) -> bool {
        !self.anonymous.is_empty() && (self.linked.is_empty() || self.linked == mark)
    }

    /// The anonymous user is the known one of that mark from here on. Says whether that is news.
    pub fn link(&mut self, mark: &str, config: &Config, scope: &Scope, host: &mut impl Host) -> bool {
        let is_news = self.linked != mark;
        if is_news {
            self.linked = mark.to_owned();
            self.keep(config, scope, host);
        }
        is_news
    }
}

/// Whether `text` looks like a GUID; what a browser kept may have been edited by hand.
pub(crate) fn is_guid(text: &str) -> bool {
    let hex_or_hyphen = |(at, byte): (usize, u8)| {
        if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    text.len() == 36 && text.bytes().enumerate().all(hex_or_hyphen)
}

/// Values that sites hand over when nobody is logged in, in lower case.
const NOBODY: &str = "|null|undefined|nan|none|nil|true|false|0|-1|[object object]|[object undefined]|[object null]|\
    anonymous|guest|unknown|unidentified|userid|user_id|id|email|not_authenticated|\
    00000000-0000-0000-0000-000000000000|";

/// Why `id` cannot be anybody's, or `None` where it can.
fn refusal(id: &str) -> Option<&'static str> {
    let mut bare = String::from("|");
    bare.push_str(id.trim_ascii());
    bare.push_str("|");
    bare.make_ascii_lowercase();
    if find(NOBODY, &bare).is_some() || bare == "||" {
        return Some("the id names nobody");
    }
    if id.bytes().filter(|byte| byte & 0xc0 != 0x80).count() > ID_CHARS {
        return Some("the id is over 256 characters");
    }
    id.bytes().any(|byte| byte.is_ascii_control()).then_some("the id holds control characters")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};

    fn config(settings: &str) -> Config {
        let mut config = Config::new();
        config.read(&format!("site s k\ncollector s /c\n{settings}")).unwrap();
        assert_eq!(config.refused, "");
        config
    }

    fn loaded(config: &Config, host: &mut MemoryHost) -> Identity {
        let mut identity = Identity::new();
        identity.load(config, &scope(), host);
        identity
    }

    fn who(settings: &str, host: &mut MemoryHost) -> Who {
        let config = config(settings);
        loaded(&config, host).resolve(true, &config, &scope(), host)
    }

    fn known(id: &str) -> Who {
        Who { id: id.to_owned(), is_known: true }
    }

    #[test]
    fn the_anonymous_id_is_kept_and_used_again_until_it_is_too_old() {
        let host = &mut MemoryHost::default();
        let first = who("identity.days n 10", host);
        assert!(!first.is_known && is_guid(&first.id));
        host.now = 10 * DAY_MS - 1;
        assert_eq!(who("identity.days n 10", host), first);
        host.now += 1;
        assert_ne!(who("identity.days n 10", host), first);
    }

    #[test]
    fn no_id_is_made_where_none_is_needed() {
        let host = &mut MemoryHost::default();
        host.cookies.insert("user".to_owned(), "ann".to_owned());
        assert_eq!(who("user.cookie s user", host), known("ann"));
        assert_eq!(who("user s none", host), Who { id: String::new(), is_known: false });
        assert!(host.stored.is_empty());
    }

    #[test]
    fn a_kept_value_that_is_no_guid_is_replaced() {
        let host = &mut MemoryHost::default();
        for edited in ["edited by hand", "..", "9ef11e58-809f-4d93-855d-22f12c3fd40x.0."] {
            host.stored.insert("wm-euid.demo".to_owned(), edited.to_owned());
            let id = who("", host).id;
            assert!(host.stored["wm-euid.demo"].starts_with(&id));
        }
    }

    #[test]
    fn what_names_nobody_is_nobody_and_counted_once() {
        let host = &mut MemoryHost::default();
        let config = config("user.cookie s user");
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
        let settings: Vec<String> = list.iter().rev().map(|kind| format!("user.{kind} s at")).collect();
        for kind in list {
            match kind {
                "cookie" => host.cookies.insert("at".to_owned(), kind.to_owned()),
                "variable" => host.variables.insert("at".to_owned(), kind.to_owned()),
                "function" => host.functions.insert("at".to_owned(), kind.to_owned()),
                _ => host.others.insert((kind.to_owned(), "at".to_owned()), kind.to_owned()),
            };
            assert_eq!(who(&settings.join("\n"), host), known(kind));
        }
        assert!(!who("user s generated\nuser.cookie s at", host).is_known, "generated ends the list");
        assert_eq!(who("user.meta s other\nuser s none\nuser.cookie s at", host).id, "", "and so does none");
    }

    #[test]
    fn the_site_knows_best() {
        let host = &mut MemoryHost::default();
        host.cookies.insert("user".to_owned(), "cookie".to_owned());
        let config = config("user.cookie s user");
        let mut identity = loaded(&config, host);
        identity.identify("explicit", &config).unwrap();
        assert_eq!(identity.resolve(true, &config, &scope(), host), known("explicit"));
        assert!(!identity.resolve(false, &config, &scope(), host).is_known, "without leave nobody is asked");
        let nobody = self::config("user s none");
        assert_eq!(
            identity.resolve(true, &nobody, &scope(), host).id,
            "",
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
            who("user.cookie s user\nidentity.hash b true", host).id,
            "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"
        );
        let settings = "user.cookie s user\nidentity.hash b true\nidentity.salt s pepper";
        assert_eq!(who(settings, host).id, hashed("pepper", "adam.br"));
    }

    #[test]
    fn an_anonymous_user_is_one_known_user_and_no_other() {
        let host = &mut MemoryHost::default();
        let config = config("");
        let mut identity = loaded(&config, host);
        assert!(!identity.may_be("1"), "there is nobody to be");
        identity.resolve(true, &config, &scope(), host);
        assert!(identity.may_be("1") && identity.link("1", &config, &scope(), host));
        assert!(!identity.link("1", &config, &scope(), host), "that is no news");
        let again = loaded(&config, host);
        assert!(again.may_be("1") && !again.may_be("2"));
    }
}
