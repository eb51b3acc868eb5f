//! Trusted proxies, and the header in which they report client addresses.

use serde::{Deserialize, Deserializer, de::Error};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses, such as `10.0.0.0/8`, or a single address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Range {
    first: IpAddr,
    bits: u8,
}

/// The header with the client address. Only one is trusted: a proxy that writes one of them may pass on a forged other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, which most proxies write.
    #[default]
    #[serde(rename = "x-forwarded-for")]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    #[serde(rename = "forwarded")]
    Forwarded,
}

/// Not a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", NotARange::MUST_BE)]
pub struct NotARange;

impl NotARange {
    /// What a range must be.
    pub(super) const MUST_BE: &str =
        "must be an address such as 10.0.0.1 or a range such as 10.0.0.0/8 or 2001:db8::/32, in quotes";
}

impl ProxyHeader {
    /// What the header must be.
    pub(super) const MUST_BE: &str = "must be \"x-forwarded-for\" or \"forwarded\"";
}

impl Range {
    /// Whether the range contains `ip`. An IPv4 address may be mapped to IPv6.
    pub fn has(&self, ip: IpAddr) -> bool {
        match (self.first, ip.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(ip)) => same(first.to_bits().into(), ip.to_bits().into(), self.bits, 32),
            (IpAddr::V6(first), IpAddr::V6(ip)) => same(first.to_bits(), ip.to_bits(), self.bits, 128),
            _ => false,
        }
    }
}

/// Whether the first `bits` of both are the same, of `width` that they have.
fn same(one: u128, other: u128, bits: u8, width: u8) -> bool {
    (one ^ other).checked_shr(u32::from(width - bits)).unwrap_or_default() == 0
}

impl FromStr for Range {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| NotARange)?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| NotARange)?;
        let width = |ip: IpAddr| if ip.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width(first));
        if bits > width(first) {
            return Err(NotARange);
        }
        // IPv4 addresses may be written as IPv6 ones; all that is looked for in it comes as IPv4.
        match (first.to_canonical(), bits.checked_sub(width(first) - width(first.to_canonical()))) {
            (first, Some(bits)) => Ok(Range { first, bits }),
            (_, None) => Ok(Range { first, bits }),
        }
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        text.parse().map_err(|error| D::Error::custom(format!("`{text}`: {error}")))
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_the_addresses_that_share_its_bits() {
        let has = |range: &str, ip: &str| range.parse::<Range>().unwrap().has(ip.parse().unwrap());
        for (range, ip) in [
            ("10.0.0.0/8", "10.255.0.1"),
            ("10.0.0.1", "::ffff:10.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.255.0.1"),
            ("::ffff:0.0.0.0/96", "203.0.113.7"),
            ("0.0.0.0/0", "203.0.113.7"),
            ("2001:db8::/32", "2001:db8:ffff::1"),
            ("::/0", "2001:db8::1"),
        ] {
            assert!(has(range, ip), "{range} {ip}");
        }
        for (range, ip) in [
            ("10.0.0.0/8", "11.0.0.1"),
            ("10.0.0.1", "10.0.0.2"),
            ("::/0", "10.0.0.1"),
            ("::ffff:10.0.0.0/104", "11.0.0.1"),
        ] {
            assert!(!has(range, ip), "{range} {ip}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/", "::/129", "example.com", "10.0.0.0/8/8"] {
            assert_eq!(text.parse::<Range>(), Err(NotARange), "{text}");
        }
    }
}
