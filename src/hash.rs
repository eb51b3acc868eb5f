//! An ID made unreadable before anything is done with it: SHA-256 of salt and ID, in standard base64 without padding.

use sha2::{Digest, Sha256};

/// The hash of `id`, 43 characters. `salt` goes before it; an empty one changes nothing.
///
/// ```
/// assert_eq!(waymark::hash::hashed("", "adam.br"), "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY");
/// ```
pub fn hashed(salt: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(id);
    base64(&hash.finalize())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(44);
    let (mut held, mut bits) = (0u32, 0);
    let mut push = |six: u32| {
        let at = (six & 63) as usize;
        text.push_str(DIGITS.get(at..=at).unwrap_or_default());
    };
    for &byte in bytes {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            push(held >> bits);
        }
    }
    if bits > 0 {
        push(held << (6 - bits));
    }
    text
}

/// A short mark of an ID, by which what is kept in the browser is told apart without holding the ID: 64 bits of FNV-1a,
/// in decimal. Not a secret: it keeps users of one browser apart, no more.
pub fn mark(id: &str) -> String {
    let hash =
        id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut text = String::new();
    // Without the sign bit, which the writer of numbers would take for one.
    waymark_wire::json::push_int(&mut text, (hash >> 1) as i64);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4's examples, in base64.
        assert_eq!(hashed("", "abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
        assert_eq!(hashed("", ""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
        assert_eq!(hashed("a", "bc"), hashed("", "abc"));
        assert_ne!(hashed("pepper", "adam.br"), hashed("", "adam.br"));
    }

    #[test]
    fn marks_tell_ids_apart_and_are_short_numbers() {
        let marks: std::collections::HashSet<String> = (0..10_000).map(|id: u32| mark(&id.to_string())).collect();
        assert_eq!(marks.len(), 10_000);
        assert!(marks.iter().all(|mark| mark.len() <= 19 && mark.bytes().all(|byte| byte.is_ascii_digit())));
    }
}
