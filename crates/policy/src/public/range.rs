//! Which sets of source addresses are too wide to keep anybody out.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use crate::values::parse_range;

/// The widest IPv4 range that S3 still takes for a limit: /8.
const WIDEST_IPV4: u8 = 8;
/// The widest IPv6 range that S3 still takes for a limit: /32.
const WIDEST_IPV6: u8 = 32;

/// The private ranges of RFC 1918, which S3 leaves out.
const PRIVATE: [(Ipv4Addr, u8); 3] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// Reads an address or a range in CIDR notation; bits beyond the prefix do not count.
pub(super) fn parse(value: &str) -> Option<IpNet> {
    parse_range(value).map(|range| range.trunc())
}

/// Whether the ranges together keep the public out: none, alone or merged with its neighbours, is wider than
/// /8 (IPv4) or /32 (IPv6). "Blocking public access to your Amazon S3 storage", note on `aws:SourceIp`.
pub(super) fn are_narrow(ranges: &[IpNet]) -> bool {
    let outside: Vec<IpNet> = ranges.iter().copied().filter(|range| !is_private(range)).collect();
    !IpNet::aggregate(&outside).iter().any(is_wide)
}

/// Whether this range alone is too wide to count as a limit.
pub(super) fn is_wide(range: &IpNet) -> bool {
    match range {
        IpNet::V4(range) => range.prefix_len() < WIDEST_IPV4,
        IpNet::V6(range) => range.prefix_len() < WIDEST_IPV6,
    }
}

fn is_private(range: &IpNet) -> bool {
    let IpNet::V4(range) = range else { return false };
    PRIVATE
        .iter()
        .filter_map(|(start, length)| Ipv4Net::new(*start, *length).ok())
        .any(|private| private.contains(range))
}

#[cfg(test)]
mod tests {
    use super::{are_narrow, parse};

    #[test]
    fn widths() {
        for (ranges, narrow) in [
            (vec!["0.0.0.0/0"], false),
            (vec!["0.0.0.0/1"], false),
            (vec!["64.0.0.0/7"], false),
            (vec!["65.0.0.0/8"], true),
            (vec!["65.0.0.0/9", "65.128.0.0/9"], true),
            (vec!["64.0.0.0/8", "65.0.0.0/8"], false),
            (vec!["64.0.0.0/8", "66.0.0.0/8"], true),
            (vec!["10.0.0.0/8", "11.0.0.0/8"], true),
            (vec!["10.0.0.0/7"], false),
            (vec!["203.0.113.7"], true),
            (vec!["::/0"], false),
            (vec!["2001::/31"], false),
            (vec!["2001:db8::/32"], true),
            (vec!["2001:db8::/32", "2001:db9::/32"], false),
            (vec!["203.0.113.0/24", "::/0"], false),
            (vec!["65.1.2.3/7"], false),
        ] {
            let parsed: Vec<_> = ranges.iter().map(|range| parse(range).unwrap()).collect();
            assert_eq!(are_narrow(&parsed), narrow, "{ranges:?}");
        }
        assert!(parse("203.0.113.*").is_none() && parse("").is_none() && parse("1.2.3.4/33").is_none());
    }
}
