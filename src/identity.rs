//! Who the end user is: the ID that the site gives, else the anonymous one that this browser keeps.

use crate::config::Provider;
use crate::host::Host;
use waymark_wire::IdSource;

/// Where the anonymous GUID is kept.
pub const ANONYMOUS_KEY: &str = "wm-euid";

/// The most characters of an ID.
pub const ID_CHARS: usize = 256;

/// The end user's ID and how it is known.
#[derive(Debug)]
pub struct Identity {
    anonymous: String,
    identified: Option<String>,
}

impl Identity {
    /// The kept anonymous GUID, or a new one that is kept from now on.
    pub fn load(host: &mut impl Host) -> Self {
        let kept = host.load(ANONYMOUS_KEY).filter(|kept| uuid::Uuid::try_parse(kept).is_ok());
        let anonymous = kept.unwrap_or_else(|| mint(host));
        Identity { anonymous, identified: None }
    }

    /// From here on the user is `id`.
    ///
    /// # Errors
    /// What is wrong with an `id` that cannot be one; the user is then who it was.
    pub fn identify(&mut self, id: &str) -> Result<(), &'static str> {
        if let Some(why) = refusal(id) {
            return Err(why);
        }
        self.identified = Some(id.to_owned());
        Ok(())
    }

    /// From here on it is somebody else, unknown so far.
    pub fn reset(&mut self, host: &mut impl Host) {
        self.identified = None;
        self.anonymous = mint(host);
    }

    /// Who it is now.
    pub fn resolve(&self, provider: &Provider, host: &mut impl Host) -> (String, IdSource) {
        let given = self.identified.clone().or_else(|| provided(provider, host));
        match given {
            Some(id) => (id, IdSource::Identifier),
            None => (self.anonymous.clone(), IdSource::Cache),
        }
    }
}

fn mint(host: &mut impl Host) -> String {
    let guid = host.guid().to_string();
    host.save(ANONYMOUS_KEY, &guid);
    guid
}

fn provided(provider: &Provider, host: &mut impl Host) -> Option<String> {
    let cookie = provider.cookie.as_ref().and_then(|name| host.cookie(name));
    let good = |id: &String| refusal(id).is_none();
    cookie.filter(good).or_else(|| provider.variable.as_ref().and_then(|path| host.variable(path)).filter(good))
}

/// Why `id` cannot be anybody's, or `None` where it can. Sites hand over such values when nobody is logged in.
fn refusal(id: &str) -> Option<&'static str> {
    const NOBODY: [&str; 7] =
        ["", "null", "undefined", "NaN", "[object Object]", "anonymous", "00000000-0000-0000-0000-000000000000"];
    if NOBODY.contains(&id.trim()) {
        return Some("the id names nobody");
    }
    if id.chars().count() > ID_CHARS {
        return Some("the id is over 256 characters");
    }
    id.chars().any(char::is_control).then_some("the id holds control characters")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    #[test]
    fn the_anonymous_id_is_kept_and_used_again() {
        let host = &mut MemoryHost::default();
        let first = Identity::load(host).resolve(&Provider::default(), host);
        let again = Identity::load(host).resolve(&Provider::default(), host);
        assert_eq!(first, again);
        assert_eq!(first.1, IdSource::Cache);
    }

    #[test]
    fn a_kept_value_that_is_no_guid_is_replaced() {
        let host = &mut MemoryHost::default();
        host.save(ANONYMOUS_KEY, "edited by hand");
        let (id, _) = Identity::load(host).resolve(&Provider::default(), host);
        assert_eq!(host.load(ANONYMOUS_KEY), Some(id));
    }

    #[test]
    fn what_names_nobody_is_nobody() {
        let host = &mut MemoryHost::default();
        let provider = Provider { cookie: Some("user".to_owned()), variable: Some("app.user".to_owned()) };
        let mut identity = Identity::load(host);
        for nobody in ["", "null", " undefined ", "[object Object]", "a\u{7}b", &"x".repeat(257)] {
            host.cookies.insert("user".to_owned(), nobody.to_owned());
            assert_eq!(identity.resolve(&provider, host).1, IdSource::Cache, "{nobody:?}");
            assert!(identity.identify(nobody).is_err(), "{nobody:?}");
        }
    }

    #[test]
    fn the_site_knows_best_then_the_cookie_then_the_variable() {
        let host = &mut MemoryHost::default();
        let provider = Provider { cookie: Some("user".to_owned()), variable: Some("app.user".to_owned()) };
        let mut identity = Identity::load(host);
        host.variables.insert("app.user".to_owned(), "variable".to_owned());
        assert_eq!(identity.resolve(&provider, host), ("variable".to_owned(), IdSource::Identifier));
        host.cookies.insert("user".to_owned(), "cookie".to_owned());
        assert_eq!(identity.resolve(&provider, host), ("cookie".to_owned(), IdSource::Identifier));
        identity.identify("explicit").unwrap();
        assert_eq!(identity.resolve(&provider, host), ("explicit".to_owned(), IdSource::Identifier));
        identity.reset(host);
        assert_eq!(identity.resolve(&provider, host), ("cookie".to_owned(), IdSource::Identifier));
    }
}
