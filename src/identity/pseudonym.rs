//! Pseudonyms: the salted hash of an ID, and short names for what is stored in the browser.

use base64ct::{Base64Unpadded, Encoding};
use sha2::{Digest, Sha256};

/// The SHA-256 of salt and ID, in standard base64 without padding: 43 characters. An empty salt changes nothing.
///
/// ```
/// assert_eq!(waymark::identity::pseudonym::pseudonym("", "adam.br"), "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY");
/// ```
pub fn pseudonym(salt: &str, id: &str) -> String {
    Base64Unpadded::encode_string(&Sha256::new().chain_update(salt).chain_update(id).finalize())
}

/// A short name of an ID, so that a user's state is stored without the ID: 63 bits of FNV-1a, in decimal. It is no secret:
/// it only tells the users of one browser apart.
pub fn storage_key(id: &str) -> String {
    itoa::Buffer::new().format(fnv(id) >> 1).to_owned()
}

/// A short name of a collector's address: 8 hex digits of FNV-1a.
pub fn tag(address: &str) -> String {
    let hash = fnv(address);
    let folded = hash ^ hash >> 32;
    // The lowest digit first.
    (0..8).filter_map(|at| char::from_digit((folded >> (4 * at) & 15) as u32, 16)).collect()
}

/// 64 bits of FNV-1a.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4's examples, in base64.
        assert_eq!(pseudonym("", "abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
        assert_eq!(pseudonym("", ""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
        assert_eq!(
            pseudonym("", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE"
        );
        assert_eq!(pseudonym("a", "bc"), pseudonym("", "abc"));
        assert_ne!(pseudonym("pepper", "adam.br"), pseudonym("", "adam.br"));
    }

    #[test]
    fn tags_tell_addresses_apart_and_are_eight_hex_digits() {
        let tags: std::collections::HashSet<String> =
            (0..1_000).map(|host| tag(&format!("https://collect{host}.example.com"))).collect();
        assert_eq!(tags.len(), 1_000);
        assert!(tags.iter().all(|tag| tag.len() == 8 && tag.bytes().all(|byte| b"0123456789abcdef".contains(&byte))));
    }

    #[test]
    fn storage_keys_tell_ids_apart_and_are_short_numbers() {
        let keys: std::collections::HashSet<String> = (0..10_000).map(|id: u32| storage_key(&id.to_string())).collect();
        assert_eq!(keys.len(), 10_000);
        assert!(keys.iter().all(|key| key.len() <= 19 && key.bytes().all(|byte| byte.is_ascii_digit())));
    }
}
