//! The address of a client: the peer, or the address that a trusted proxy reports. Only the GeoIP lookup and the
//! security log get the full address; everything else gets the masked one.

use crate::client::hops;
use crate::config::{ProxyHeader, Range};
use axum::http::HeaderMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A client's address. `Debug` shows the masked one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(IpAddr);

/// Trusted proxies, and the header to read from them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    pub(crate) ranges: Vec<Range>,
    pub(crate) header: ProxyHeader,
}

impl ClientAddress {
    /// Finds the client behind trusted proxies. Each proxy appends to the header, so the last address that is not a
    /// trusted proxy cannot be forged.
    pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let trusted = |ip: IpAddr| proxies.ranges.iter().any(|range| range.has(ip));
        let mut sender = peer;
        if trusted(peer) {
            for hop in hops::from_end(headers, proxies.header) {
                let Some(hop) = hop else { break };
                sender = hop;
                if !trusted(hop) {
                    break;
                }
            }
        }
        ClientAddress(sender.to_canonical())
    }

    /// The full address, only for the security log and the GeoIP lookup.
    pub(crate) fn full(self) -> IpAddr {
        self.0
    }

    /// The masked address: IPv4 to /24, IPv6 to /48.
    pub(crate) fn masked(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                Ipv4Addr::new(a, b, c, 0).into()
            }
            IpAddr::V6(ip) => {
                let [a, b, c, ..] = ip.segments();
                Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into()
            }
        }
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(peer: &str, header: ProxyHeader, said: &[&str]) -> String {
        let proxies =
            Proxies { ranges: ["10.0.0.0/8", "2001:db8:f::/48"].map(|text| text.parse().unwrap()).into(), header };
        let mut headers = HeaderMap::new();
        for text in said {
            headers.append("x-forwarded-for", text.parse().unwrap());
            headers.append("forwarded", text.parse().unwrap());
        }
        ClientAddress::of(peer.parse().unwrap(), &headers, &proxies).full().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let sender = |peer: &str, text: &str| sender(peer, ProxyHeader::XForwardedFor, &[text]);
        assert_eq!(sender("198.51.100.1", "203.0.113.7"), "198.51.100.1");
        assert_eq!(sender("10.0.0.1", "203.0.113.7"), "203.0.113.7");
        assert_eq!(sender("::ffff:10.0.0.1", "203.0.113.7"), "203.0.113.7");
        assert_eq!(sender("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.9.0.2"), "203.0.113.7");
        assert_eq!(sender("10.0.0.1", "203.0.113.7:51008"), "203.0.113.7");
        assert_eq!(sender("10.0.0.1", "6.6.6.6, [2001:db8::1]:443, 10.0.0.9:80"), "2001:db8::1");
        assert_eq!(sender("10.0.0.1", "[::ffff:203.0.113.7]:51008"), "203.0.113.7");
        assert_eq!(sender("10.0.0.1", "203.0.113.7:51008, [::ffff:10.0.0.2]:80"), "203.0.113.7");
        for nothing in ["nonsense", "unknown", "_hidden", "unix:"] {
            assert_eq!(sender("10.0.0.1", &format!("203.0.113.7, {nothing}")), "10.0.0.1");
            assert_eq!(sender("10.0.0.1", &format!("203.0.113.7, {nothing}, 10.0.0.2")), "10.0.0.2");
        }
        assert_eq!(sender("10.0.0.1", "for=203.0.113.7"), "10.0.0.1");
    }

    #[test]
    fn where_forwarded_is_believed_it_is_read_as_its_rfc_says() {
        for (said, who) in [
            (&["for=203.0.113.7"][..], "203.0.113.7"),
            (&["For=203.0.113.7:4711;proto=https;by=10.0.0.1"], "203.0.113.7"),
            (&["for=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
            (&["for=6.6.6.6, for=203.0.113.7;host=\"a,b;for=6.6.6.6\", for=10.0.0.2"], "203.0.113.7"),
            (&["for=6.6.6.6", "for=203.0.113.7", "for=\"[2001:db8:f::1]\""], "203.0.113.7"),
            (&["for=203.0.113.7, for=_hidden"], "10.0.0.1"),
            (&["for=203.0.113.7, for=unknown"], "10.0.0.1"),
            (&["by=203.0.113.7"], "10.0.0.1"),
            (&["203.0.113.7"], "10.0.0.1"),
            (&["for=2001:db8::1"], "2001:db8::1"),
            (&["for=\"203.0.113.7:51008\""], "203.0.113.7"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(sender("10.0.0.1", ProxyHeader::Forwarded, said), who, "{said:?}");
        }
        assert_eq!(sender("198.51.100.1", ProxyHeader::Forwarded, &["for=203.0.113.7"]), "198.51.100.1");
    }

    #[test]
    fn an_address_is_masked_to_its_neighbourhood_and_shown_no_closer() {
        for (ip, masked) in [
            ("203.0.113.77", "203.0.113.0"),
            ("::ffff:203.0.113.77", "203.0.113.0"),
            ("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234::"),
            ("::1", "::"),
        ] {
            let sender = ClientAddress::of(ip.parse().unwrap(), &HeaderMap::new(), &Proxies::default());
            assert_eq!(sender.masked().to_string(), masked);
            assert_eq!(format!("{sender:?}"), format!("Sender({masked})"));
        }
    }
}
