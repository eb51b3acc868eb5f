//! The bounds that recorder and collector agree on. What exceeds one is refused with a reason, never cut short.

/// The most bytes of a batch's body as the recorder sends it. `fetch` with `keepalive` and `sendBeacon` share
/// 64 KiB per page with every other script (Fetch standard, "inflight keepalive bytes"); peers keep to 60,000.
pub const BATCH_BYTES: usize = 60_000;

/// The most bytes of one event's `data`, as JSON text: an event must fit into a batch beside its context.
pub const DATA_BYTES: usize = 32_768;

/// The most events of a batch that a collector takes.
pub const BATCH_EVENTS: usize = 1_000;

/// How deeply objects and arrays may nest in `data`: readers of the export recurse.
pub const DATA_DEPTH: usize = 32;

/// The most characters of an event's `type`.
pub const TYPE_CHARS: usize = 64;

/// The most characters of a user's ID.
pub const ID_CHARS: usize = 256;

/// A client's clock that is off by more than this is corrected for, in ms. What is below may as well be the time that a
/// request took: correcting for it would put events out of order (peers who did correct for less undid it).
pub const DRIFT_MS: i64 = 5 * 60 * 1_000;

/// Whether `name` can be an event's `type`: 1 to [`TYPE_CHARS`] of `A-Z a-z 0-9 _ . : -`, so that it needs no
/// escaping anywhere.
pub fn is_type(name: &str) -> bool {
    (1..=TYPE_CHARS).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-'))
}

/// Whether `key` can be a site's key: 1 to 64 of `A-Z a-z 0-9 _ . -`.
pub fn is_site_key(key: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=64).contains(&key.len()) && key.bytes().all(is_plain)
}

/// Why `data` cannot be an event's data, or `None` where it can. `data` must be valid JSON already.
pub fn refuse_data(data: &str) -> Option<&'static str> {
    if !data.starts_with('{') {
        return Some("data must be an object");
    }
    if data.len() > DATA_BYTES {
        return Some("data is over 32,768 bytes");
    }
    if depth(data) > DATA_DEPTH {
        return Some("data nests over 32 levels deep");
    }
    None
}

/// How deeply `json` nests. Brackets inside strings do not count.
pub(crate) fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_a_short_plain_word() {
        for good in ["play", "playFailed", "cart:add", "a.b-c_d", &"x".repeat(64)] {
            assert!(is_type(good), "{good}");
        }
        for bad in ["", "a b", "\"", "é", &"x".repeat(65)] {
            assert!(!is_type(bad), "{bad}");
        }
    }

    #[test]
    fn a_site_s_key_needs_no_escaping_anywhere() {
        for good in ["a", "shop.example", "-._A9", &"x".repeat(64)] {
            assert!(is_site_key(good), "{good}");
        }
        for bad in ["", "a b", "a:b", "a~b", "\n", "é", &"x".repeat(65)] {
            assert!(!is_site_key(bad), "{bad}");
        }
    }

    #[test]
    fn data_is_an_object_of_bounded_size_and_depth() {
        assert_eq!(refuse_data(r#"{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"{{"}"#), None);
        assert_eq!(refuse_data("[]"), Some("data must be an object"));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32));
        assert_eq!(refuse_data(&deep), Some("data nests over 32 levels deep"));
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(DATA_BYTES));
        assert_eq!(refuse_data(&large), Some("data is over 32,768 bytes"));
    }
}
