//! Tokens that open the overlay on a page. They live in memory for a few minutes, hashed, and only on the origin and for
//! the site that they were made for.

use crate::store::{TokenHash, token_hash};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// How long a token opens the overlay.
pub(crate) const LIFETIME_MS: i64 = 5 * 60_000;

/// Most tokens at a time. The one that expires first makes room.
const MOST: usize = 1_000;

/// The tokens that have not expired.
#[derive(Default)]
pub(crate) struct OverlayTokens(Mutex<HashMap<TokenHash, Scope>>);

/// What a token is for.
struct Scope {
    site: String,
    origin: String,
    expires: i64,
}

impl OverlayTokens {
    /// A new token of 32 hex digits, of which 122 bits are random.
    pub(crate) fn issue(&self, site: &str, origin: &str, now: i64) -> String {
        let token = Uuid::new_v4().simple().to_string();
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, scope| scope.expires > now);
        if tokens.len() >= MOST
            && let Some(oldest) = tokens.iter().min_by_key(|(_, scope)| scope.expires).map(|(hash, _)| *hash)
        {
            tokens.remove(&oldest);
        }
        let scope = Scope { site: site.to_owned(), origin: origin.to_owned(), expires: now + LIFETIME_MS };
        tokens.insert(token_hash(&token), scope);
        token
    }

    /// When the token expires, epoch ms; `None` if it opens nothing for this site and origin.
    pub(crate) fn expiry(&self, token: &str, site: &str, origin: &str, now: i64) -> Option<i64> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = tokens.get(&token_hash(token))?;
        (scope.site == site && scope.origin == origin && scope.expires > now).then_some(scope.expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;
    const ORIGIN: &str = "https://shop.example";

    #[test]
    fn a_token_opens_the_overlay_of_its_site_on_its_origin_until_it_expires() {
        let tokens = OverlayTokens::default();
        let token = tokens.issue("shop", ORIGIN, NOW);
        let end = NOW + LIFETIME_MS;
        assert_eq!(tokens.expiry(&token, "shop", ORIGIN, NOW), Some(end));
        assert_eq!(tokens.expiry(&token, "shop", ORIGIN, end - 1), Some(end));
        for (token, site, origin, now) in [
            (token.as_str(), "shop", ORIGIN, end),
            (&token, "other", ORIGIN, NOW),
            (&token, "shop", "http://shop.example", NOW),
            (&token, "shop", "https://shop.example:8443", NOW),
            (&token[1..], "shop", ORIGIN, NOW),
            (&token.to_uppercase(), "shop", ORIGIN, NOW),
            ("", "shop", ORIGIN, NOW),
        ] {
            assert_eq!(tokens.expiry(token, site, origin, now), None, "{token} {site} {origin} {now}");
        }
    }

    #[test]
    fn tokens_differ_and_are_kept_as_hashes_that_expire() {
        let tokens = OverlayTokens::default();
        let [first, second] = [0, 1].map(|later| tokens.issue("shop", ORIGIN, NOW + later));
        assert_ne!(first, second);
        assert!(first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(tokens.0.lock().unwrap().contains_key(&token_hash(&first)));
        let last = tokens.issue("shop", ORIGIN, NOW + LIFETIME_MS + 1);
        assert_eq!(tokens.0.lock().unwrap().len(), 1);
        assert!(tokens.expiry(&last, "shop", ORIGIN, NOW + LIFETIME_MS + 1).is_some());
    }

    #[test]
    fn the_token_that_expires_first_makes_room() {
        let tokens = OverlayTokens::default();
        let all: Vec<_> = (0..=MOST as i64).map(|later| tokens.issue("shop", ORIGIN, NOW + later)).collect();
        let opens = |token: &str| tokens.expiry(token, "shop", ORIGIN, NOW).is_some();
        assert!(!opens(&all[0]));
        assert!(all[1..].iter().all(|token| opens(token)));
    }
}
