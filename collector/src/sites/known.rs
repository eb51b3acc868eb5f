//! Checks that a site key is configured or has stored data. Any other key is an error, not an empty result.

use std::collections::BTreeSet;

/// Unknown site key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no site has the key `{key}`; {known}")]
pub struct UnknownSite {
    key: String,
    known: String,
}

/// Keys in the message, and characters of the wrong key.
const LISTED: usize = 100;
const SHOWN: usize = 64;

/// Checks that `key` is configured or has stored data.
///
/// # Errors
/// [`UnknownSite`], which lists the known keys.
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
