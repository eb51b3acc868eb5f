//! Addresses: which part of a page's or a link's address may be collected. In: an address as the browser gives it.
//! Out: the address without tokens, e-mail addresses, UUIDs and user information. A link has no hash either, and of its
//! query only the parameters that the site lists.

use super::redact;
use std::borrow::Cow;
use waymark_wire::Location;

/// The longest path, query or hash of a page that is kept, and the longest title, in characters.
pub const PATH: usize = 2_000;
/// See [`PATH`].
pub const QUERY: usize = 1_000;
/// See [`PATH`].
pub const TITLE: usize = 1_000;
/// The longest address of a link or a form that is kept, in characters.
pub const LINK: usize = 512;
/// What is beyond so many characters is not looked at. No part of a token may be left at the end, so that what is kept
/// is a fraction of it.
const LONGEST: usize = 8;

/// A path whose segments are redacted: `/reset/[token]`, `/users/[email]`.
///
/// ```
/// use waymark::capture::address;
///
/// assert_eq!(address::path("/order/12345"), "/order/12345");
/// assert_eq!(address::path("/u/ann%40example.org"), "/u/[email]");
/// ```
pub fn path(path: &str) -> String {
    let kept = redact::cut(path, PATH * LONGEST).split('/').map(part).collect::<Vec<_>>().join("/");
    redact::cut(&kept, PATH).to_owned()
}

/// A query, with its question mark, whose values are redacted.
pub fn query(query: &str) -> String {
    let kept = redact::cut(query, QUERY * LONGEST).split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, value)) => [name, "=", &part(&value.replace('+', " "))].concat(),
        None => part(parameter).into_owned(),
    });
    redact::cut(&kept.collect::<Vec<_>>().join("&"), QUERY).replace(' ', "+")
}

/// A hash, with its `#`, that is redacted.
pub fn hash(hash: &str) -> String {
    redact::cut(&path(hash), QUERY).to_owned()
}

/// A title, redacted unless it is collected exactly.
pub fn title(title: &str, is_exact: bool) -> String {
    if is_exact {
        return redact::cut(title, TITLE).to_owned();
    }
    redact::cut(&redact::tokens(redact::cut(title, TITLE * LONGEST)), TITLE).to_owned()
}

/// The parts of a page's address, redacted unless they are collected exactly.
pub fn location(place: &Location, is_exact: bool) -> Location {
    let part = |part: &Option<String>, redacted: fn(&str) -> String, limit: usize| {
        let kept = |part: &String| if is_exact { redact::cut(part, limit).to_owned() } else { redacted(part) };
        part.as_ref().map(kept)
    };
    Location {
        protocol: place.protocol.clone(),
        hostname: place.hostname.clone(),
        pathname: part(&place.pathname, path, PATH),
        search: part(&place.search, query, QUERY),
        hash: part(&place.hash, hash, QUERY),
    }
}

/// A part of an address. A part in which nothing is redacted stays as it is written.
fn part(written: &str) -> Cow<'_, str> {
    if let Cow::Owned(decoded) = decoded(written)
        && let Cow::Owned(redacted) = redact::tokens(&decoded)
    {
        return Cow::Owned(encoded(&redacted));
    }
    redact::tokens(written)
}

/// The text without percent-encoding. What is no UTF-8 becomes U+FFFD.
fn decoded(written: &str) -> Cow<'_, str> {
    if !written.contains('%') {
        return Cow::Borrowed(written);
    }
    let bytes = written.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// The text with percent-encoding of what divides an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '%' => out.push_str("%25"),
            '/' => out.push_str("%2F"),
            '?' => out.push_str("%3F"),
            '&' => out.push_str("%26"),
            '=' => out.push_str("%3D"),
            '#' => out.push_str("%23"),
            '+' => out.push_str("%2B"),
            one => out.push(one),
        }
    }
    out
}

/// A link's or form's absolute address: for http and https protocol, host and path, with the parameters `names` of the
/// query if the link leads to `own_host`; for every other scheme only the scheme.
pub fn link(address: &str, own_host: &str, names: &[String]) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let is_scheme = |one: char| one.is_ascii_alphanumeric() || matches!(one, '+' | '-' | '.');
    if scheme.is_empty() || scheme.len() > 32 || !scheme.chars().all(is_scheme) {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    let (true, Some(rest)) = (matches!(&*scheme, "http" | "https"), rest.strip_prefix("//")) else {
        return Some(scheme + ":");
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let (place, search) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, way) = place.split_at(place.find('/').unwrap_or(place.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let mut kept = [&*scheme, "://", &redact::tokens(host), &path(way)].concat();
    if host == own_host && !names.is_empty() {
        let listed = |parameter: &&str| {
            names.iter().any(|name| *name == decoded(parameter.split('=').next().unwrap_or_default()))
        };
        let listed: Vec<&str> = search.split('&').filter(listed).collect();
        if !listed.is_empty() {
            kept = [&*kept, "?", &query(&listed.join("&"))].concat();
        }
    }
    Some(redact::cut(&kept, LINK).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn segments_that_are_tokens_are_words() {
        for (given, expected) in [
            ("", ""),
            ("/", "/"),
            ("/order/12345", "/order/12345"),
            ("/blog/10-ways-to-save-energy/", "/blog/10-ways-to-save-energy/"),
            ("/reset/dGhpcyBpcyBhIHNlY3JldCE1", "/reset/[token]"),
            ("/reset/eyJh.eyJz.c2ln/now", "/reset/[token]/now"),
            ("/u/550e8400-e29b-41d4-a716-446655440000/x", "/u/[uuid]/x"),
            ("/u/ann@example.org", "/u/[email]"),
            ("/u/ann%40example.org", "/u/[email]"),
            ("/u/0123456789abcdef;v=1", "/u/[token];v=1"),
            ("/card/4111111111111111", "/card/[token]"),
            ("/caf%C3%A9/%zz/100%", "/caf%C3%A9/%zz/100%"),
            ("/%E2%82", "/%E2%82"),
        ] {
            assert_eq!(path(given), expected, "{given}");
        }
        assert_eq!(path(&"/é".repeat(3_000)).chars().count(), PATH);
    }

    #[test]
    fn values_of_a_query_are_redacted_inside() {
        for (given, expected) in [
            ("?page=2&sort=a+b", "?page=2&sort=a+b"),
            ("?next=%2Freset%2FdGhpcyBpcyBhIHNlY3JldCE1", "?next=%2Freset%2F[token]"),
            ("?mail=ann%40x.org&a=1", "?mail=[email]&a=1"),
            ("?ann@x.org", "?[email]"),
            ("?order=12345", "?order=12345"),
        ] {
            assert_eq!(query(given), expected, "{given}");
        }
        assert_eq!(hash("#/u/ann@x.org"), "#/u/[email]");
        assert_eq!(hash("#access_token=eyJh.eyJz"), "#access_token=[token]");
        assert_eq!(title("ann@x.org - Mail (12345)", false), "[email] - Mail (12345)");
        assert_eq!(title(&"é".repeat(2_000), false).chars().count(), TITLE);
        assert_eq!(title("ann@x.org", true), "ann@x.org");
    }

    #[test]
    fn t37_a_link_keeps_scheme_host_and_path() {
        let names = ["page".to_owned()];
        for (given, expected) in [
            ("https://shop.example/a?page=2&token=x#top", Some("https://shop.example/a?page=2")),
            ("https://other.example:8443/a?page=2", Some("https://other.example:8443/a")),
            ("https://ann:secret@shop.example/", Some("https://shop.example/")),
            ("https://a@b:c@shop.example/", Some("https://shop.example/")),
            ("https://shop.example/invite/dGhpcyBpcyBhIHNlY3JldCE1", Some("https://shop.example/invite/[token]")),
            ("https://shop.example", Some("https://shop.example")),
            ("https://shop.example?page=1", Some("https://shop.example?page=1")),
            ("mailto:ann@example.org", Some("mailto:")),
            ("TEL:+4917123456", Some("tel:")),
            ("javascript:alert('ann')", Some("javascript:")),
            ("data:text/plain,ann", Some("data:")),
            ("blob:https://shop.example/1", Some("blob:")),
            ("http:shop", Some("http:")),
            ("/relative", None),
            ("a b:c", None),
            ("", None),
        ] {
            assert_eq!(link(given, "shop.example", &names).as_deref(), expected, "{given}");
        }
        assert_eq!(
            link("https://shop.example/a?page=2", "shop.example", &[]).as_deref(),
            Some("https://shop.example/a")
        );
    }

    proptest! {
        #[test]
        fn no_user_information_token_or_hash_of_a_link_is_kept(
            secret in "[A-Za-z0-9]{10}7[a-z]{10}", before in "[a-z0-9/:@?#&=.]{0,20}", after in "[a-z/:@?#&=.]{0,20}",
        ) {
            let host = "https://h.example/";
            for address in [
                format!("https://{before}{secret}@h.example/{after}"),
                format!("{host}{before}/{secret}/{after}"),
                format!("{host}{before}?x={secret}"),
            ] {
                let kept = link(&address, "h.example", &[]).unwrap_or_default();
                prop_assert!(!kept.contains(&secret), "{} of {}", kept, address);
            }
        }

        #[test]
        fn any_address_is_read(given in ".{0,60}|[%/?&=#a-f0-9@]{0,60}") {
            let link = link(&given, "h", &["a".to_owned()]).unwrap_or_default();
            for kept in [path(&given), query(&given), hash(&given), title(&given, false), link] {
                prop_assert!(kept.len() <= given.len() * 3 + 40);
            }
        }
    }
}
