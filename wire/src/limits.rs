//! The limits that recorder and collector share. A value above a limit is refused with a reason, never truncated.

/// The maximum size of a batch's body as the recorder sends it, in bytes. All scripts of a page share 64 KiB for
/// `fetch` with `keepalive` and `sendBeacon` (Fetch standard, "inflight keepalive bytes"); similar products use 60,000.
pub const BATCH_BYTES: usize = 60_000;

/// The maximum size of one event's `data` as JSON text, in bytes. An event and its context must fit into a batch.
pub const DATA_BYTES: usize = 32_768;

/// The maximum number of events in a batch that a collector accepts.
pub const BATCH_EVENTS: usize = 1_000;

/// The maximum nesting depth of objects and arrays in `data`, because readers of an export recurse.
pub const DATA_DEPTH: usize = 32;

/// The maximum length of an event's `type`, in characters.
pub const TYPE_CHARS: usize = 128;

/// The maximum length of a user's ID, in characters.
pub const ID_CHARS: usize = 256;

/// The deviation of a client's clock above which the collector corrects event times, in ms. A smaller deviation may be
/// the duration of a request; correcting it would put events out of order (similar products that did so reverted it).
pub const DRIFT_MS: i64 = 5 * 60 * 1_000;

/// The maximum length of a site's key, in characters.
pub const SITE_KEY_CHARS: usize = 64;

/// Whether `key` is a valid site key: 1 to [`SITE_KEY_CHARS`] of `A-Z a-z 0-9 _ . -`.
pub fn is_site_key(key: &str) -> bool {
    (1..=SITE_KEY_CHARS).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// Whether `name` is a valid event `type`: 1 to [`TYPE_CHARS`] characters, none of them a control character.
pub fn is_type(name: &str) -> bool {
    // Each character has at least one byte, so that a long text is not counted.
    !name.is_empty()
        && name.len() <= TYPE_CHARS * char::MAX.len_utf8()
        && name.chars().count() <= TYPE_CHARS
        && !name.contains(char::is_control)
}

/// The reason why `data` cannot be an event's data; `None` if it can. `data` must be valid JSON.
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

/// The nesting depth of `json`. Brackets inside strings do not count.
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
    fn a_type_is_short_and_has_no_control_characters() {
        for good in [
            "play",
            "cart:add",
            "Order Completed",
            "$pageview",
            "Añadir al carrito",
            "購入 🛒",
            "a\"b\\c</script>",
            &"x".repeat(128),
            &"🛒".repeat(128),
        ] {
            assert!(is_type(good), "{good}");
        }
        for bad in ["", "a\nb", "a\0", "\u{7f}", "\u{85}", &"x".repeat(129), &"é".repeat(129), &"🛒".repeat(4_000)] {
            assert!(!is_type(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_site_key_needs_no_escaping() {
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
