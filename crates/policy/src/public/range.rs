//! Which sets of source addresses are too wide to keep anybody out.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use super::limit::{PolicyKind, limits_callers};
use super::scene::is_open_allow;
use crate::document::{Comparison, Condition, SetQuantifier, Statement};
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

/// The addresses that a statement leaves in which names nobody: the ranges of its `IpAddress` conditions on
/// `aws:SourceIp`, merged, without private ones. `None` if it has no such condition, names its principals, or is limited by
/// another condition too.
#[must_use]
pub fn source_ranges(statement: &Statement, kind: PolicyKind<'_>) -> Option<Vec<IpNet>> {
    if !is_open_allow(statement) {
        return None;
    }
    let is_address = |condition: &&Condition| condition.key.eq_ignore_ascii_case("aws:SourceIp");
    let is_limited = |condition: &Condition| limits_callers(condition, kind) == Some(true);
    if statement.conditions.iter().any(|condition| !is_address(&condition) && is_limited(condition)) {
        return None;
    }
    let conditions = statement.conditions.iter().filter(is_address).filter(|condition| {
        condition.operator.is_some_and(|operator| {
            operator.comparison == Comparison::IpAddress
                && !operator.if_exists
                && operator.quantifier != Some(SetQuantifier::ForAllValues)
        })
    });
    let ranges = conditions.map(|condition| -> Vec<IpNet> {
        condition.values.items.iter().filter_map(|value| parse(value)).collect()
    });
    let left = ranges.reduce(|one, other| both(&one, &other))?;
    let outside: Vec<IpNet> = left.into_iter().filter(|range| !is_private(range)).collect();
    Some(IpNet::aggregate(&outside))
}

/// What lies in a range of either list: of two ranges one contains the other, or they have nothing in common.
fn both(one: &[IpNet], other: &[IpNet]) -> Vec<IpNet> {
    let pairs = one.iter().flat_map(|left| other.iter().map(move |right| (left, right)));
    let common = |(left, right): (&IpNet, &IpNet)| {
        if left.contains(right) { Some(*right) } else { right.contains(left).then_some(*left) }
    };
    pairs.filter_map(common).collect()
}

#[cfg(test)]
mod tests {
    use super::{are_narrow, both, parse};

    #[test]
    fn what_two_lists_have_in_common() {
        for (one, other, common) in [
            (&["10.0.0.0/8"][..], &["10.1.0.0/16"][..], &["10.1.0.0/16"][..]),
            (&["10.1.0.0/16"], &["10.0.0.0/8", "11.0.0.0/8"], &["10.1.0.0/16"]),
            (&["10.0.0.0/8"], &["11.0.0.0/8"], &[]),
            (&["10.0.0.0/8"], &["2001:db8::/32"], &[]),
        ] {
            let parsed = |list: &[&str]| list.iter().map(|one| parse(one).unwrap()).collect::<Vec<_>>();
            assert_eq!(both(&parsed(one), &parsed(other)), parsed(common), "{one:?} {other:?}");
        }
    }

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
