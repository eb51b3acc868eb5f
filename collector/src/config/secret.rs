//! Secrets with which a site's server signs user IDs. They are never shown or logged, and are compared in constant
//! time.

use super::document::element;
use super::findings::Findings;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use std::fmt;

/// Smallest length in bytes: that of a signature.
const BYTES: usize = 32;

/// Most secrets of a site: the current one, and the previous or next one.
const MAX: usize = 2;

/// A secret that a site's server shares with the collector. `Debug` shows dots.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The signature of a user of a site: HMAC-SHA256 over the site's key, a line feed and the user's ID, in hex.
    ///
    /// ```
    /// let secret = waymark_collector::Secret::from("an example of 32 bytes or more ...".to_owned());
    /// let signature = secret.sign("shop", "adam.brown@example.com");
    /// assert_eq!(signature, "0bb929c12a93d01e232897492ddc97cbb90df71a5e22babc2fe773b360d581ef");
    /// assert!(secret.signed("shop", "adam.brown@example.com", &signature));
    /// ```
    pub fn sign(&self, site: &str, user: &str) -> String {
        let Some(mac) = self.mac(site, user) else { return String::new() };
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether `signature` is the user's. The time does not depend on the correct signature.
    pub fn signed(&self, site: &str, user: &str, signature: &str) -> bool {
        let (Some(bytes), Some(mac)) = (bytes(signature), self.mac(site, user)) else { return false };
        mac.verify_slice(&bytes).is_ok()
    }

    fn mac(&self, site: &str, user: &str) -> Option<Hmac<Sha256>> {
        // A key of any length is one.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        for part in [site, "\n", user] {
            mac.update(part.as_bytes());
        }
        Some(mac)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a secret must be.
pub(super) const SECRET: &str = "must be a text in quotes of at least 32 bytes, such as `openssl rand -hex 32` gives";

pub(super) fn check_all(key: &str, secrets: &[Secret], findings: &mut Findings) {
    for (index, secret) in secrets.iter().enumerate() {
        if secret.0.len() < BYTES {
            findings.add(&element(key, index), SECRET);
        }
    }
    if secrets.len() > MAX {
        findings.add(key, "may be two at most: the one in use, and the one before it or after it");
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    hex.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::from("a secret of thirty-two bytes or so".to_owned())
    }

    #[test]
    fn a_signature_is_of_one_user_of_one_site_by_one_secret() {
        let signature = secret().sign("shop", "é1");
        assert!(secret().signed("shop", "é1", &signature) && secret().signed("shop", "é1", &signature.to_uppercase()));
        assert!(!secret().signed("shop", "é2", &signature) && !secret().signed("shopé", "1", &signature));
        assert!(!Secret::from(String::new()).signed("shop", "é1", &signature));
        assert_eq!(format!("{:?}", secret()), "Secret(…)");
    }

    proptest! {
        #[test]
        fn what_a_stranger_makes_up_is_none(signature in "\\PC*|[0-9a-f]{0,80}", cut in 0..64usize) {
            let good = secret().sign("shop", "1");
            prop_assert!(!secret().signed("shop", "1", &good[..cut]));
            let long = [&good, &good[..cut + 1]].concat();
            prop_assert!(!secret().signed("shop", "1", &long));
            prop_assert_eq!(secret().signed("shop", "1", &signature), signature == good);
        }
    }
}
