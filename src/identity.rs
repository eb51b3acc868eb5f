//! Who the end user is: the ID that the site gives, else the anonymous one that this browser keeps.

use crate::config::Config;
use crate::host::{Host, guid};
use waymark_wire::IdSource;

/// Where the anonymous GUID is kept.
pub const ANONYMOUS_KEY: &str = "wm-euid";

/// The most characters of an ID.
pub const ID_CHARS: usize = 256;

/// The end user's ID and how it is known.
#[derive(Debug)]
pub struct Identity {
    anonymous: String,
    /// What the site said by `identify`; empty where it said nothing.
    identified: String,
}

impl Identity {
    /// Nobody yet.
    pub const fn new() -> Self {
        Identity { anonymous: String::new(), identified: String::new() }
    }

    /// Takes the kept anonymous GUID, or a new one that is kept from now on.
    pub fn load(&mut self, host: &mut impl Host) {
        self.anonymous = host.load(ANONYMOUS_KEY).unwrap_or_default();
        if !is_guid(&self.anonymous) {
            self.mint(host);
        }
    }

    fn mint(&mut self, host: &mut impl Host) {
        self.anonymous = guid(host);
        host.save(ANONYMOUS_KEY, &self.anonymous);
    }

    /// From here on the user is `id`.
    ///
    /// # Errors
    /// What is wrong with an `id` that cannot be one; the user is then who it was.
    pub fn identify(&mut self, id: &str) -> Result<(), &'static str> {
        match refusal(id) {
            Some(why) => Err(why),
            None => {
                self.identified = id.to_owned();
                Ok(())
            }
        }
    }

    /// From here on it is somebody else, unknown so far.
    pub fn reset(&mut self, host: &mut impl Host) {
        self.identified.clear();
        self.mint(host);
    }

    /// Who it is now: whom the site named, else whom the cookie or the variable names, else the anonymous one.
    pub fn resolve(&self, config: &Config, host: &mut impl Host) -> (String, IdSource) {
        let mut id = self.identified.clone();
        if id.is_empty() && !config.user_cookie.is_empty() {
            id = somebody(host.cookie(&config.user_cookie));
        }
        if id.is_empty() && !config.user_variable.is_empty() {
            id = somebody(host.variable(&config.user_variable));
        }
        if id.is_empty() {
            return (self.anonymous.clone(), IdSource::Cache);
        }
        (id, IdSource::Identifier)
    }
}

/// The ID that was found, empty where it can be nobody's.
fn somebody(found: Option<String>) -> String {
    found.filter(|id| refusal(id).is_none()).unwrap_or_default()
}

/// Whether `text` looks like a GUID; what a browser kept may have been edited by hand.
pub(crate) fn is_guid(text: &str) -> bool {
    let hex_or_hyphen = |(at, byte): (usize, u8)| {
        if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    text.len() == 36 && text.bytes().enumerate().all(hex_or_hyphen)
}

/// Why `id` cannot be anybody's, or `None` where it can. Sites hand over such values when nobody is logged in.
fn refusal(id: &str) -> Option<&'static str> {
    const NOBODY: [&str; 6] =
        ["null", "undefined", "NaN", "[object Object]", "anonymous", "00000000-0000-0000-0000-000000000000"];
    let id = id.trim_ascii();
    if id.is_empty() || NOBODY.contains(&id) {
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
    use crate::testing::MemoryHost;

    fn loaded(host: &mut MemoryHost) -> Identity {
        let mut identity = Identity::new();
        identity.load(host);
        identity
    }

    fn provided_by_both() -> Config {
        Config { user_cookie: "user".to_owned(), user_variable: "app.user".to_owned(), ..Config::new() }
    }

    #[test]
    fn the_anonymous_id_is_kept_and_used_again() {
        let host = &mut MemoryHost::default();
        let config = Config::new();
        let first = loaded(host).resolve(&config, host);
        let again = loaded(host).resolve(&config, host);
        assert_eq!(first, again);
        assert_eq!(first.1, IdSource::Cache);
    }

    #[test]
    fn a_kept_value_that_is_no_guid_is_replaced() {
        let host = &mut MemoryHost::default();
        host.save(ANONYMOUS_KEY, "edited by hand");
        let (id, _) = loaded(host).resolve(&Config::new(), host);
        assert_eq!(host.load(ANONYMOUS_KEY), Some(id));
    }

    #[test]
    fn what_names_nobody_is_nobody() {
        let host = &mut MemoryHost::default();
        let config = provided_by_both();
        let mut identity = loaded(host);
        for nobody in ["", "null", " undefined ", "[object Object]", "a\u{7}b", &"x".repeat(257)] {
            host.cookies.insert("user".to_owned(), nobody.to_owned());
            assert_eq!(identity.resolve(&config, host).1, IdSource::Cache, "{nobody:?}");
            assert!(identity.identify(nobody).is_err(), "{nobody:?}");
        }
    }

    #[test]
    fn the_site_knows_best_then_the_cookie_then_the_variable() {
        let host = &mut MemoryHost::default();
        let config = provided_by_both();
        let mut identity = loaded(host);
        host.variables.insert("app.user".to_owned(), "variable".to_owned());
        assert_eq!(identity.resolve(&config, host), ("variable".to_owned(), IdSource::Identifier));
        host.cookies.insert("user".to_owned(), "cookie".to_owned());
        assert_eq!(identity.resolve(&config, host), ("cookie".to_owned(), IdSource::Identifier));
        identity.identify("explicit").unwrap();
        assert_eq!(identity.resolve(&config, host), ("explicit".to_owned(), IdSource::Identifier));
        identity.reset(host);
        assert_eq!(identity.resolve(&config, host), ("cookie".to_owned(), IdSource::Identifier));
    }
}
