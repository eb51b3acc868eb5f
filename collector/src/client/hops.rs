//! Parses the addresses in `X-Forwarded-For` and `Forwarded`, in every form that proxies write. In: the headers. Out:
//! the addresses, the last one first; `None` for an entry that is not an address.

use crate::config::ProxyHeader;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv6Addr};

/// The addresses that the header names, the last one first; nothing for what is no address. An empty element of a list
/// is no element (RFC 9110, 5.6.1).
pub(crate) fn from_end(headers: &HeaderMap, header: ProxyHeader) -> Vec<Option<IpAddr>> {
    let (name, read): (_, fn(&str) -> Option<IpAddr>) = match header {
        ProxyHeader::XForwardedFor => ("x-forwarded-for", node),
        ProxyHeader::Forwarded => ("forwarded", element),
    };
    let mut hops = Vec::new();
    for line in headers.get_all(name).iter().rev() {
        // A sender's byte that is no text must not hide the address that a proxy added behind it.
        let line = String::from_utf8_lossy(line.as_bytes());
        let elements = split_from_end(&line, ',').into_iter().filter(|element| !element.trim().is_empty());
        hops.extend(elements.map(read));
    }
    hops
}

/// The address of an element of `Forwarded`: `for=192.0.2.43;proto=https`, `for="[2001:db8::17]:4711"`.
fn element(text: &str) -> Option<IpAddr> {
    let pairs = split_from_end(text, ';').into_iter().rev();
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
        .and_then(|(_, value)| node(value))
}

/// The address of a node: IPv4 or IPv6, in quotes or not, with or without a port; IPv6 in brackets or not, with or
/// without a zone. `unknown` and made-up names (`_hidden`) are no addresses.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let text = quoted.unwrap_or(text).trim();
    if let Some(rest) = text.strip_prefix('[') {
        let (ip, port) = rest.split_once(']')?;
        return if is_port(port) { ip_v6(ip) } else { None };
    }
    match text.split_once(':') {
        None => text.parse().ok(),
        // An IPv6 address without brackets has more colons, and cannot have a port.
        Some((_, rest)) if rest.contains(':') => ip_v6(text),
        Some((ip, port)) => ip.parse().ok().map(IpAddr::V4).filter(|_| port.bytes().all(is_plain)),
    }
}

/// An IPv6 address, of which a zone (`fe80::1%eth0`) says only through which interface it is reached.
fn ip_v6(text: &str) -> Option<IpAddr> {
    let (ip, zone) = text.split_once('%').unwrap_or((text, "-"));
    let is_good = !zone.is_empty() && zone.bytes().all(|byte| is_plain(byte) || b"%~".contains(&byte));
    ip.parse::<Ipv6Addr>().ok().filter(|_| is_good).map(IpAddr::V6)
}

/// Whether this may stand behind an address in brackets: nothing, or a colon and a port. RFC 7239 has made-up ports
/// too.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.bytes().all(is_plain))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// The parts between separators that are not inside quotes, the last part first. The text is read from its end, where
/// the trusted proxy wrote: a quote that the sender opens and does not close then stays in the sender's own part.
fn split_from_end(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut rest, mut quoted) = (Vec::new(), text, false);
    for (at, char) in text.char_indices().rev() {
        let before = text.get(..at).unwrap_or_default();
        quoted ^= char == '"' && !ends_escaping(before);
        if char == separator && !quoted {
            parts.push(rest.get(at + separator.len_utf8()..).unwrap_or_default());
            rest = before;
        }
    }
    parts.push(rest);
    parts
}

/// Whether what comes next is escaped by a backslash.
fn ends_escaping(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(header: ProxyHeader, lines: &[&str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
            headers.append("forwarded", line.parse().unwrap());
        }
        let shown = |hop: Option<IpAddr>| hop.map_or("-".to_owned(), |ip| ip.to_string());
        from_end(&headers, header).into_iter().map(shown).collect()
    }

    #[test]
    fn an_address_is_read_in_every_form() {
        for (said, ip) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:51008", "203.0.113.7"),
            ("\"203.0.113.7\"", "203.0.113.7"),
            ("\"203.0.113.7:51008\"", "203.0.113.7"),
            ("203.0.113.7:_port", "203.0.113.7"),
            ("\t 203.0.113.7 ", "203.0.113.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:DB8:0:0::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("\"[2001:db8::1]\"", "2001:db8::1"),
            ("\"2001:db8::1\"", "2001:db8::1"),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
            ("[::ffff:203.0.113.7]:51008", "::ffff:203.0.113.7"),
            ("::ffff:cb00:7107", "::ffff:203.0.113.7"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%eth0]:443", "fe80::1"),
            ("[fe80::1%25eth0.100]", "fe80::1"),
            ("::", "::"),
        ] {
            assert_eq!(read(ProxyHeader::XForwardedFor, &[said]), [ip], "{said}");
            assert_eq!(read(ProxyHeader::Forwarded, &[&format!("proto=https; For = {said}")]), [ip], "{said}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for said in [
            "unknown",
            "_hidden",
            "unix:",
            "localhost",
            "203.0.113",
            "203.0.113.7.8",
            "203.0.113.7/24",
            "203.0.113.7:4 4",
            "203.0.113.7 10.0.0.1",
            "[203.0.113.7",
            "[2001:db8::1",
            "[2001:db8::1]443",
            "[2001:db8::1]:4:4",
            "2001:db8::1]",
            "fe80::1%",
            "fe80::1%et h0",
            "203.0.113.7%eth0",
            "\"203.0.113.7",
            "}",
        ] {
            assert_eq!(read(ProxyHeader::XForwardedFor, &[said]), ["-"], "{said}");
            assert_eq!(read(ProxyHeader::Forwarded, &[&format!("for={said}")]), ["-"], "{said}");
        }
        assert_eq!(read(ProxyHeader::XForwardedFor, &["for=203.0.113.7"]), ["-"]);
        assert_eq!(read(ProxyHeader::Forwarded, &["203.0.113.7"]), ["-"]);
        assert_eq!(read(ProxyHeader::Forwarded, &["by=203.0.113.7;host=\"a;for=6.6.6.6\""]), ["-"]);
    }

    #[test]
    fn a_list_is_read_from_its_end_over_all_lines_without_what_is_empty() {
        let lines = ["1.1.1.1, ,2.2.2.2:2,", "", " , unknown", "[::3]:3,\t\"4.4.4.4\" ,"];
        assert_eq!(read(ProxyHeader::XForwardedFor, &lines), ["4.4.4.4", "::3", "-", "2.2.2.2", "1.1.1.1"]);
        assert!(read(ProxyHeader::XForwardedFor, &[]).is_empty());
    }

    #[test]
    fn what_a_stranger_leaves_open_does_not_hide_what_a_proxy_adds() {
        for said in ["for=\"6.6.6.6", "for=\"a\\", "for=6.6.6.6;host=\"a\\\"b\"", "\"\"\"", "a\\\"", ";=\"", "\u{fffd}"]
        {
            let line = format!("{said}, for=\"[2001:db8::7]:1\";host=\"a,\\\"b\"");
            let mut headers = HeaderMap::new();
            headers.append("forwarded", axum::http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
            let hops = from_end(&headers, ProxyHeader::Forwarded);
            assert_eq!(hops[0], Some("2001:db8::7".parse().unwrap()), "{line}");
        }
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "6.6.6.6".parse().unwrap());
        let strange = axum::http::HeaderValue::from_bytes(b"\xff\xfe, 203.0.113.7").unwrap();
        headers.append("x-forwarded-for", strange);
        assert_eq!(from_end(&headers, ProxyHeader::XForwardedFor)[0], Some("203.0.113.7".parse().unwrap()));
    }

    /// An address, and a form in which a proxy writes it.
    fn written() -> impl Strategy<Value = (IpAddr, String)> {
        let forms = (any::<IpAddr>(), any::<Option<u16>>(), any::<[bool; 3]>(), "[ \t]{0,3}", "[ \t]{0,3}");
        forms.prop_map(|(ip, port, [brackets, quotes, zone], before, after)| {
            let zone = if zone && ip.is_ipv6() { "%eth0" } else { "" };
            let bare = match ip.is_ipv6() && (brackets || port.is_some()) {
                true => format!("[{ip}{zone}]"),
                false => format!("{ip}{zone}"),
            };
            let node = port.map_or(bare.clone(), |port| format!("{bare}:{port}"));
            let node = if quotes { format!("\"{node}\"") } else { node };
            (ip, format!("{before}{node}{after}"))
        })
    }

    proptest! {
        #[test]
        fn any_address_in_any_form_is_read_back(said in proptest::collection::vec(written(), 1..6)) {
            let (ips, nodes): (Vec<_>, Vec<_>) = said.into_iter().unzip();
            let ips: Vec<_> = ips.into_iter().rev().map(|ip| ip.to_string()).collect();
            let elements: Vec<_> = nodes.iter().map(|node| format!("for={node};proto=https")).collect();
            prop_assert_eq!(&read(ProxyHeader::XForwardedFor, &[&nodes.join(",")]), &ips);
            prop_assert_eq!(&read(ProxyHeader::Forwarded, &[&elements.join(",")]), &ips);
            let lines: Vec<_> = nodes.iter().map(String::as_str).collect();
            prop_assert_eq!(&read(ProxyHeader::XForwardedFor, &lines), &ips);
        }

        #[test]
        fn whatever_a_stranger_says_what_a_proxy_adds_is_read(said in "\\PC*", (ip, node) in written()) {
            for (header, added) in [
                (ProxyHeader::XForwardedFor, format!("{said},{node}")),
                (ProxyHeader::Forwarded, format!("{said}, for={node}")),
            ] {
                let name = if header == ProxyHeader::Forwarded { "forwarded" } else { "x-forwarded-for" };
                let line = axum::http::HeaderValue::from_bytes(added.as_bytes()).unwrap();
                let hops = from_end(&HeaderMap::from_iter([(axum::http::HeaderName::from_static(name), line)]), header);
                prop_assert_eq!(hops[0], Some(ip), "{}", added);
            }
        }
    }
}
