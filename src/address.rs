//! Addresses as texts: their parts, the parameters that are kept, and percent-encoding. What a page puts in place of the
//! browser's `URL` or `encodeURIComponent` changes nothing here.

use crate::facts::AddressFilter;
use waymark_wire::Location;

/// What is beyond so many characters is not looked at. What is collected is cut to less once it is redacted
/// ([`crate::capture::address`]), so that no part of a token is left at its end.
const PATH_CHARS: usize = 16_000;
const QUERY_CHARS: usize = 8_000;

/// The parts of a page's whole address, as the browser writes it.
pub fn location(href: &str, filter: &AddressFilter) -> Location {
    let (rest, hash) = href.split_once('#').unwrap_or((href, ""));
    let (rest, search) = rest.split_once('?').unwrap_or((rest, ""));
    let (scheme, rest) = rest.split_once(':').unwrap_or(("", rest));
    // `about:blank` and its like have no host.
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    // A colon within brackets is part of an IPv6 address.
    let host = match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => host,
    };
    let hash = if filter.hash { hash } else { "" };
    Location {
        protocol: joined(scheme, [scheme, ":"]),
        hostname: joined(host, [host, ""]),
        pathname: joined(path, [path, ""]).map(|path| cut(path, PATH_CHARS)),
        search: kept_query(search, &filter.query),
        hash: joined(hash, ["#", hash]).map(|hash| cut(hash, QUERY_CHARS)),
    }
}

/// The path of a whole address.
pub fn pathname(href: &str) -> String {
    location(href, &AddressFilter { query: Vec::new(), hash: false }).pathname.unwrap_or_default()
}

fn joined(part: &str, parts: [&str; 2]) -> Option<String> {
    if part.is_empty() { None } else { Some(parts.concat()) }
}

/// The parameters of these names, as they stand in the address.
fn kept_query(search: &str, names: &[String]) -> Option<String> {
    let mut kept = String::new();
    for pair in search.split('&') {
        let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
        let name = decoded(&name).unwrap_or(name);
        if !name.is_empty() && names.contains(&name) {
            kept.push(if kept.is_empty() { '?' } else { '&' });
            kept.push_str(pair);
        }
    }
    if kept.is_empty() { None } else { Some(cut(kept, QUERY_CHARS)) }
}

/// The text's first characters.
pub fn cut(mut text: String, most_chars: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most_chars) {
        text.truncate(end);
    }
    text
}

/// Percent-encodes what `encodeURIComponent` does.
pub fn encoded(text: &str) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut encoded = String::new();
    for byte in text.bytes() {
        let character = char::from(byte);
        if character.is_ascii_alphanumeric()
            || matches!(character, '-' | '_' | '.' | '!' | '~' | '*' | '\'' | '(' | ')')
        {
            encoded.push(character);
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| DIGITS.get(usize::from(digit)).copied().unwrap_or('0'));
            encoded.push('%');
            encoded.extend(digits);
        }
    }
    encoded
}

/// What a percent-encoded text says; `None` where it says nothing.
pub fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if digits.starts_with('+') {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(href: &str) -> [String; 5] {
        let filter = AddressFilter { query: vec!["a".to_owned(), "b c".to_owned()], hash: true };
        let Location { protocol, hostname, pathname, search, hash } = location(href, &filter);
        [protocol, hostname, pathname, search, hash].map(Option::unwrap_or_default)
    }

    #[test]
    fn an_address_has_its_parts() {
        for (href, expected) in [
            ("https://shop.example.com/", ["https:", "shop.example.com", "/", "", ""]),
            (
                "http://ann:secret@shop.example.com:8080/a/b?a=1&x=2&b+c=%20&a=#there?",
                ["http:", "shop.example.com", "/a/b", "?a=1&b+c=%20&a=", "#there?"],
            ),
            ("http://[::1]:80/?b%20c", ["http:", "[::1]", "/", "?b%20c", ""]),
            ("http://[::1]/#", ["http:", "[::1]", "/", "", ""]),
            ("file:///home/a.html", ["file:", "", "/home/a.html", "", ""]),
            ("about:blank#a", ["about:", "", "blank", "", "#a"]),
            ("capacitor://localhost", ["capacitor:", "localhost", "", "", ""]),
            ("", ["", "", "", "", ""]),
        ] {
            assert_eq!(parts(href), expected, "{href}");
        }
    }

    #[test]
    fn of_an_address_only_what_is_asked_for_is_kept() {
        let found = location("https://a.example/?a=1#there", &AddressFilter { query: Vec::new(), hash: false });
        assert_eq!((found.search, found.hash), (None, None));
        assert_eq!(pathname("https://a.example/b?c"), "/b");
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for text in ["", "plain-_.!~*'()", "{\"a\": \"\u{e9}\u{1f600};=%\"}", "\n"] {
            assert_eq!(decoded(&encoded(text)).as_deref(), Some(text));
        }
        assert_eq!(encoded("a;\u{e9}"), "a%3B%C3%A9");
    }

    #[test]
    fn what_is_not_encoded_so_says_nothing() {
        for text in ["%", "%1", "%zz", "%+1", "%\u{e9}", "%ff"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
