//! Writes a small MaxMind DB file: https://maxmind.github.io/MaxMind-DB/ has the format. IPv6 tree, 24-bit records.

use std::net::IpAddr;

/// A node's two ways on: nothing, another node, or an entry.
#[derive(Clone, Copy)]
enum Way {
    Nothing,
    Node(usize),
    Entry(usize),
}

/// The file in which each network, such as `203.0.113.0/24`, has a country's code and a city's English name.
pub fn database(networks: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut nodes = vec![[Way::Nothing; 2]];
    let mut data = Vec::new();
    for (network, country, city) in networks {
        let (ip, bits) = network.split_once('/').unwrap();
        let (ip, bits) = match ip.parse().unwrap() {
            IpAddr::V4(ip) => (u128::from(ip.to_bits()), 96 + bits.parse::<u32>().unwrap()),
            IpAddr::V6(ip) => (ip.to_bits(), bits.parse().unwrap()),
        };
        let mut at = 0;
        for bit in 0..bits {
            let side = usize::from(ip >> (127 - bit) & 1 == 1);
            if bit + 1 == bits {
                nodes[at][side] = Way::Entry(data.len());
            } else if let Way::Node(next) = nodes[at][side] {
                at = next;
            } else {
                nodes.push([Way::Nothing; 2]);
                nodes[at][side] = Way::Node(nodes.len() - 1);
                at = nodes.len() - 1;
            }
        }
        let names = map(&[("names", map(&[("en", text(city))]))]);
        data.extend(map(&[("city", names), ("country", map(&[("iso_code", text(country))]))]));
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for way in nodes.iter().flatten() {
        let record = match way {
            Way::Nothing => count,
            Way::Node(node) => *node,
            Way::Entry(at) => count + 16 + at,
        };
        file.extend_from_slice(&(record as u32).to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("binary_format_major_version", number(5, 2)),
        ("binary_format_minor_version", number(5, 0)),
        ("build_epoch", long(1_795_600_000)),
        ("database_type", text("Waymark-Test-City")),
        ("description", map(&[("en", text("a test's"))])),
        ("ip_version", number(5, 6)),
        // A list of one.
        ("languages", [vec![1, 11 - 7], text("en")].concat()),
        ("node_count", number(6, count as u32)),
        ("record_size", number(5, 24)),
    ]));
    file
}

fn text(text: &str) -> Vec<u8> {
    assert!(text.len() < 29);
    [&[2 << 5 | text.len() as u8], text.as_bytes()].concat()
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let inside = members.iter().flat_map(|(name, value)| [text(name), value.clone()].concat());
    [7 << 5 | members.len() as u8].into_iter().chain(inside).collect()
}

/// A 16-bit (5) or 32-bit (6) number.
fn number(kind: u8, value: u32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let bytes = if kind == 5 { &bytes[2..] } else { &bytes[..] };
    [&[kind << 5 | bytes.len() as u8], bytes].concat()
}

/// A 64-bit number, whose kind is an extended one.
fn long(value: u64) -> Vec<u8> {
    [&[8, 9 - 7][..], &value.to_be_bytes()].concat()
}
