//! Which sites can be asked about: those of the configuration, and those of which something is stored still. Any other key
//! is a mistake, which must not be answered as if nothing were there.

use std::collections::BTreeSet;

/// No site has that key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no site has the key `{key}`; {known}")]
pub struct UnknownSite {
    key: String,
    known: String,
}

/// The most keys that are listed, and the most of a key that is shown.
const LISTED: usize = 100;
const SHOWN: usize = 64;

/// Whether a site has this key, of those that are configured and those of which something is stored.
///
/// # Errors
/// [`UnknownSite`], which lists the keys that there are.
pub fn check(key: &str, configured: Vec<String>, stored: Vec<String>) -> Result<(), UnknownSite> {
    let all: BTreeSet<String> = configured.into_iter().chain(stored).collect();
    if all.contains(key) {
        return Ok(());
    }
    let listed: Vec<_> = all.iter().take(LISTED).map(String::as_str).collect();
    let known = match all.len() {
        0 => "there is none".to_owned(),
        1 => format!("there is {}", listed.join(", ")),
        many if many > LISTED => format!("there are {} and {} more", listed.join(", "), many - LISTED),
        _ => format!("there are {}", listed.join(", ")),
    };
    Err(UnknownSite { key: key.chars().take(SHOWN).collect(), known })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn a_key_that_no_site_has_is_told_with_those_that_there_are() {
        assert_eq!(check("shop", keys(&["shop"]), vec![]), Ok(()));
        assert_eq!(check("old", keys(&["shop"]), keys(&["old"])), Ok(()));
        let told = |key: &str, configured: &[&str], stored: &[&str]| {
            check(key, keys(configured), keys(stored)).unwrap_err().to_string()
        };
        assert_eq!(
            told("shpo", &["shop", "demo"], &["old", "shop"]),
            "no site has the key `shpo`; there are demo, old, shop"
        );
        assert_eq!(told("", &[], &[]), "no site has the key ``; there is none");
        let many: Vec<_> = (100..203).map(|n| n.to_string()).collect();
        let text = check(&"x".repeat(99), many, vec![]).unwrap_err().to_string();
        assert!(text.starts_with(&format!("no site has the key `{}`; there are 100, ", "x".repeat(64))), "{text}");
        assert!(text.ends_with(", 199 and 3 more"), "{text}");
    }
}
