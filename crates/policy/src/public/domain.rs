//! Which values the context of a request could have, taken from the policies themselves, and who could bring them.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use crate::actions::table;
use crate::arn::{Arn, is_account_id};
use crate::compiled::CompiledCondition;
use crate::context::{Context, ContextValue};
use crate::document::{Comparison, Condition, OperatorFamily};
use crate::values::parse_date;

use super::limit::{Fixed, PolicyKind, is_fixed, limiting_key};

/// Who can make a request with a certain value in its context; the order is from everybody to few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Reach {
    /// Anybody: he chooses the value, or needs none.
    Anybody,
    /// Those of an account or role that the policy names under a pattern: public for AWS, not for the world.
    NamedByPattern,
    /// Those whom the policy names.
    Named,
}

/// A value that a key could have; `None` is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) value: Option<ContextValue>,
    pub(super) reach: Reach,
}

/// The candidates of each key that the conditions name, keys in lower case.
pub(super) type Domains = BTreeMap<String, Vec<Candidate>>;

/// Keys besides [`limiting_key`]'s that say who or where the caller is, or what he knows.
const CALLER_KEYS: [&str; 8] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:federatedprovider",
    "aws:assumedroot",
    "aws:ec2instancesourcevpc",
    "aws:ec2instancesourceprivateipv4",
    "aws:chatbotsourcearn",
    "sts:externalid",
];

/// Keys that every request has.
const ALWAYS_PRESENT: [&str; 5] =
    ["aws:securetransport", "aws:sourceip", "aws:currenttime", "aws:epochtime", "aws:requestedregion"];

/// An account that no real one has, for values of somebody whom no policy names.
pub(super) const STRANGER_VALUE: &str = "somebody-else";

/// Works out the candidates for every key of `conditions` that `implied`, what caller and resource imply, leaves open.
pub(super) fn domains(
    conditions: &[&CompiledCondition],
    kind: PolicyKind<'_>,
    owner: Option<&str>,
    implied: &Context,
    is_anonymous: bool,
) -> Domains {
    let mut by_key: BTreeMap<String, Vec<&Condition>> = BTreeMap::new();
    for condition in conditions {
        let source = &condition.source;
        by_key.entry(source.key.to_ascii_lowercase()).or_default().push(source);
    }
    by_key.retain(|key, _| implied.get(key).is_none() && !is_of_principal(key));
    by_key
        .into_iter()
        .map(|(key, conditions)| {
            let mut candidates = candidates(&key, &conditions, kind, owner, implied);
            if is_anonymous && needs_credentials(&key) {
                candidates = vec![Candidate { value: None, reach: Reach::Anybody }];
            }
            (key, candidates)
        })
        .collect()
}

/// Keys that the caller has or lacks, as [`super::caller`] makes him.
fn is_of_principal(key: &str) -> bool {
    matches!(
        key,
        "aws:principalarn"
            | "aws:principalaccount"
            | "aws:principaltype"
            | "aws:userid"
            | "aws:username"
            | "aws:principalisawsservice"
            | "aws:principalservicename"
            | "aws:resourceaccount"
            | "s3:resourceaccount"
            | "kms:calleraccount"
    )
}

/// Keys that only signed requests have.
fn needs_credentials(key: &str) -> bool {
    const STARTS: [&str; 7] = [
        "aws:principal",
        "aws:multifactorauth",
        "aws:tokenissuetime",
        "aws:sourceidentity",
        "aws:federatedprovider",
        "aws:assumedroot",
        "sts:",
    ];
    STARTS.iter().any(|start| key.starts_with(start))
}

/// Whether a key, in lower case, says who or where the caller of a role is, or what he knows.
pub(super) fn is_about_caller(key: &str) -> bool {
    limiting_key(key, PolicyKind::Other("sts")).is_some() || CALLER_KEYS.contains(&key)
}

fn candidates(
    key: &str,
    conditions: &[&Condition],
    kind: PolicyKind<'_>,
    owner: Option<&str>,
    implied: &Context,
) -> Vec<Candidate> {
    let limit = limiting_key(key, kind);
    let is_about_caller = limit.is_some() || CALLER_KEYS.contains(&key);
    let is_multivalued = conditions
        .iter()
        .any(|condition| condition.operator.is_some_and(|operator| operator.quantifier.is_some()))
        || table().global_key(key).is_some_and(|known| known.key_type.is_multivalued);

    let mut found = Vec::new();
    if !ALWAYS_PRESENT.contains(&key) {
        found.push(Candidate { value: None, reach: Reach::Anybody });
    }
    let mut seen = BTreeSet::new();
    let mut add = |text: String, reach: Reach| {
        if seen.insert(text.clone()) {
            let value =
                if is_multivalued { ContextValue::Many(vec![text]) } else { ContextValue::Single(text) };
            found.push(Candidate { value: Some(value), reach });
        }
    };
    let ranges: Vec<Vec<IpNet>> = conditions.iter().map(|condition| ranges(condition)).collect();
    if limit == Some(Fixed::Range) && ranges.iter().any(|ranges| !ranges.is_empty()) {
        for (address, reach) in addresses(&ranges) {
            add(address, reach);
        }
        // A request through the caller's own VPC endpoint has no such address.
        let elsewhere = found.partition_point(|candidate| candidate.reach == Reach::Anybody);
        found.insert(elsewhere, Candidate { value: None, reach: Reach::Anybody });
        return found;
    }
    for condition in conditions {
        for value in &condition.values.items {
            let reach = if is_about_caller { reach_of(value, limit) } else { Reach::Anybody };
            for text in texts(condition, value, implied) {
                if !(is_about_caller && is_owners(&text, owner)) {
                    add(text, reach);
                }
            }
        }
    }
    let is_flag = conditions.iter().any(|condition| family(condition) == Some(OperatorFamily::Bool));
    if is_flag {
        add("false".to_owned(), Reach::Anybody);
        add("true".to_owned(), if is_about_caller { Reach::Named } else { Reach::Anybody });
    } else if key != "aws:multifactorauthage" {
        add(STRANGER_VALUE.to_owned(), Reach::Anybody);
    }
    found.sort_by_key(|candidate| candidate.reach);
    found
}

fn family(condition: &Condition) -> Option<OperatorFamily> {
    condition.operator.map(|operator| operator.comparison.family())
}

/// Who can bring a value that fits what a policy says of a key about the caller.
pub(super) fn reach_of(value: &str, limit: Option<Fixed>) -> Reach {
    let Some(fixed) = limit else {
        return if value.eq_ignore_ascii_case("false") { Reach::Anybody } else { Reach::Named };
    };
    if is_fixed(value, fixed) {
        Reach::Named
    } else if names_account(value) || (fixed == Fixed::UserId && names_role_id(value)) {
        Reach::NamedByPattern
    } else {
        Reach::Anybody
    }
}

fn names_account(value: &str) -> bool {
    Arn::parse(value).is_some_and(|arn| is_account_id(arn.account))
}

fn names_role_id(user_id: &str) -> bool {
    user_id.split_once(':').is_some_and(|(id, _)| !id.is_empty() && !id.contains(['*', '?', '$']))
}

/// Whether the value is of the resource's own account, so that it lets nobody from outside in.
pub(super) fn is_owners(value: &str, owner: Option<&str>) -> bool {
    owner.is_some_and(|owner| value == owner || Arn::parse(value).is_some_and(|arn| arn.account == owner))
}

/// Texts that fit, just fit, or just do not fit one value of a condition.
fn texts(condition: &Condition, value: &str, implied: &Context) -> Vec<String> {
    let Some(operator) = condition.operator else { return Vec::new() };
    match operator.comparison.family() {
        OperatorFamily::Null => Vec::new(),
        OperatorFamily::Numeric => match value.parse::<i64>() {
            Ok(number) => [number, number.saturating_sub(1), number.saturating_add(1)]
                .iter()
                .map(ToString::to_string)
                .collect(),
            Err(_) => vec![value.to_owned()],
        },
        OperatorFamily::Date => dates(value),
        _ => {
            let is_pattern = !matches!(
                operator.comparison,
                Comparison::StringEquals
                    | Comparison::StringNotEquals
                    | Comparison::StringEqualsIgnoreCase
                    | Comparison::StringNotEqualsIgnoreCase
            );
            if is_pattern {
                vec![fill(value, "0", implied), fill(value, "", implied)]
            } else {
                vec![fill_variables(value, implied)]
            }
        }
    }
}

/// The moment itself, and the seconds before and after it.
fn dates(value: &str) -> Vec<String> {
    const NANOSECONDS: i128 = 1_000_000_000;
    let seconds = parse_date(value).map(|nanoseconds| nanoseconds / NANOSECONDS);
    let around = seconds.into_iter().flat_map(|at| [at - 1, at + 1]).filter(|at| *at >= 10_000);
    std::iter::once(value.to_owned()).chain(around.map(|at| at.to_string())).collect()
}

/// A text that fits the pattern: `*` becomes `star`, `?` becomes `0`, variables what the context says.
pub(super) fn fill(pattern: &str, star: &str, context: &Context) -> String {
    let plain = fill_variables(pattern, context);
    let mut filled = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            '*' => filled.push_str(star),
            '?' => filled.push('0'),
            other => filled.push(other),
        }
    }
    filled
}

fn fill_variables(pattern: &str, context: &Context) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((name, next)) = after.split_once('}') else {
            filled.push_str("${");
            rest = after;
            continue;
        };
        rest = next;
        match (name, context.get(name)) {
            ("*" | "?" | "$", _) => filled.push_str(name),
            (_, Some(ContextValue::Single(value))) => filled.push_str(value),
            _ => {
                let default = name.split_once(',').map(|(_, default)| default.trim().trim_matches('\''));
                filled.push_str(default.unwrap_or(STRANGER_VALUE));
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The ranges of a condition, neighbours merged.
fn ranges(condition: &Condition) -> Vec<IpNet> {
    let written = condition.values.items.iter().filter_map(|value| super::range::parse(value));
    IpNet::aggregate(&written.collect())
}

/// Addresses at the edges of the ranges, and some far from them all.
fn addresses(ranges: &[Vec<IpNet>]) -> Vec<(String, Reach)> {
    /// Addresses for documentation (RFC 5737, RFC 3849) and some others.
    const ELSEWHERE: [&str; 6] =
        ["198.51.100.77", "203.0.113.77", "192.0.2.77", "9.9.9.77", "185.7.7.77", "2001:db8:ffff::77"];
    let all = || ranges.iter().flatten();
    let elsewhere = ELSEWHERE.iter().filter_map(|address| address.parse().ok());
    let is_named = |address: &std::net::IpAddr| {
        all().any(|range| !super::range::is_wide(range) && range.contains(address))
    };
    let mut found: Vec<(String, Reach)> = elsewhere
        .chain(all().flat_map(edges))
        .map(|address| (address.to_string(), if is_named(&address) { Reach::Named } else { Reach::Anybody }))
        .collect();
    found.sort_by_key(|(_, reach)| *reach);
    found
}

/// First and last address of a range, and the neighbours beyond.
fn edges(range: &IpNet) -> Vec<std::net::IpAddr> {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    match range {
        IpNet::V4(range) => {
            let (first, last) = (u32::from(range.network()), u32::from(range.broadcast()));
            let edges = [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)];
            edges.into_iter().flatten().map(|bits| IpAddr::V4(Ipv4Addr::from(bits))).collect()
        }
        IpNet::V6(range) => {
            let (first, last) = (u128::from(range.network()), u128::from(range.broadcast()));
            let edges = [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)];
            edges.into_iter().flatten().map(|bits| IpAddr::V6(Ipv6Addr::from(bits))).collect()
        }
    }
}
