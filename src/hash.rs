//! An ID made unreadable before anything is done with it: SHA-256 of salt and ID, in standard base64 without padding.

use sha2::block_api::compress256;

/// The hash of `id`, 43 characters. `salt` goes before it; an empty one changes nothing.
///
/// ```
/// assert_eq!(waymark::hash::hashed("", "adam.br"), "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY");
/// ```
pub fn hashed(salt: &str, id: &str) -> String {
    // The library's compression alone: its streaming interface is two kilobytes of a page's transfer for one short text.
    let mut message = Vec::with_capacity(512);
    message.extend_from_slice(salt.as_bytes());
    message.extend_from_slice(id.as_bytes());
    let bits = message.len() as u64 * 8;
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend_from_slice(&bits.to_be_bytes());
    let mut hash =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    let (blocks, _) = message.as_chunks();
    compress256(&mut hash, blocks);
    base64(&hash)
}

fn base64(words: &[u32]) -> String {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(44);
    let (mut held, mut bits) = (0u64, 0);
    let mut push = |six: u64| {
        let at = (six & 63) as usize;
        text.push_str(DIGITS.get(at..=at).unwrap_or_default());
    };
    for &word in words {
        held = held << 32 | u64::from(word);
        bits += 32;
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
    let mut text = String::new();
    // Without the sign bit, which the writer of numbers would take for one.
    waymark_wire::json::push_int(&mut text, (fnv(id) >> 1) as i64);
    text
}

/// A short tag of a collector's address, by which what is kept for it is told apart: 8 hex digits of FNV-1a.
pub fn tag(address: &str) -> String {
    const DIGITS: &str = "0123456789abcdef";
    let hash = fnv(address);
    let mut text = String::with_capacity(8);
    for at in 0..8 {
        let digit = ((hash ^ hash >> 32) >> (4 * at) & 15) as usize;
        text.push_str(DIGITS.get(digit..=digit).unwrap_or_default());
    }
    text
}

/// 64 bits of FNV-1a.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4's examples, in base64.
        assert_eq!(hashed("", "abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
        assert_eq!(hashed("", ""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
        assert_eq!(
            hashed("", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE"
        );
        assert_eq!(hashed("a", "bc"), hashed("", "abc"));
        for length in 0..130 {
            let text = "x".repeat(length);
            let other = sha2::Sha256::digest(&text);
            let words: Vec<u32> = other.as_chunks().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
            assert_eq!(hashed("", &text), base64(&words), "{length}");
        }
        assert_ne!(hashed("pepper", "adam.br"), hashed("", "adam.br"));
    }

    #[test]
    fn tags_tell_addresses_apart_and_are_eight_hex_digits() {
        let tags: std::collections::HashSet<String> =
            (0..1_000).map(|host| tag(&format!("https://collect{host}.example.com"))).collect();
        assert_eq!(tags.len(), 1_000);
        assert!(tags.iter().all(|tag| tag.len() == 8 && tag.bytes().all(|byte| b"0123456789abcdef".contains(&byte))));
    }

    #[test]
    fn marks_tell_ids_apart_and_are_short_numbers() {
        let marks: std::collections::HashSet<String> = (0..10_000).map(|id: u32| mark(&id.to_string())).collect();
        assert_eq!(marks.len(), 10_000);
        assert!(marks.iter().all(|mark| mark.len() <= 19 && mark.bytes().all(|byte| byte.is_ascii_digit())));
    }
}
