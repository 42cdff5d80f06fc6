//! The values a condition compares with, typed by the operator's family.

use std::cmp::Ordering;

use ipnet::IpNet;

use crate::context::Context;
use crate::document::{Comparison, OperatorFamily};
use crate::pattern::{ANY_RUN, Pattern, glob};
use crate::truth::Truth;
use crate::values::{Number, parse_address, parse_base64, parse_bool, parse_date, parse_range};
use crate::variables::{Resolved, Template, Text, Wildcards};

/// Components of an ARN.
const ARN_COMPONENTS: usize = 6;

/// Typed values. A value that is not well-formed is kept as `None`.
#[derive(Debug, Clone)]
pub(super) enum Comparands {
    Strings { ignore_case: bool, values: Box<[Text]> },
    Numbers(Box<[Option<Number>]>),
    Dates(Box<[Option<i128>]>),
    Bools(Box<[Text]>),
    Binaries(Box<[BinaryText]>),
    Ranges(Box<[Option<IpNet>]>),
    Arns(Box<[ArnText]>),
    Nulls(Box<[Option<bool>]>),
}

/// A base64 text and what it encodes.
#[derive(Debug, Clone)]
pub(super) struct BinaryText {
    encoded: Box<str>,
    bytes: Option<Vec<u8>>,
}

/// An ARN with wildcards, as pattern bytes.
#[derive(Debug, Clone)]
pub(super) enum ArnText {
    Fixed(Vec<u8>),
    Variable(Template),
}

/// What comparing one value came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Result(Truth),
    /// The request's value is not well-formed, or a value of the policy that had to be compared is not.
    Malformed(&'static str),
}

impl Comparands {
    pub(super) fn compile(comparison: Comparison, texts: &[String], variables: bool) -> Self {
        let strings =
            |wildcards| texts.iter().map(|text| Text::compile(text, wildcards, variables)).collect();
        match comparison.family() {
            OperatorFamily::String => {
                let wildcards = match comparison {
                    Comparison::StringLike | Comparison::StringNotLike => Wildcards::Match,
                    _ => Wildcards::Literal,
                };
                let ignore_case = matches!(
                    comparison,
                    Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
                );
                Self::Strings { ignore_case, values: strings(wildcards) }
            }
            OperatorFamily::Numeric => Self::Numbers(texts.iter().map(|text| Number::parse(text)).collect()),
            OperatorFamily::Date => Self::Dates(texts.iter().map(|text| parse_date(text)).collect()),
            OperatorFamily::Bool => Self::Bools(strings(Wildcards::Literal)),
            OperatorFamily::Binary => {
                let binary =
                    |text: &String| BinaryText { encoded: text.as_str().into(), bytes: parse_base64(text) };
                Self::Binaries(texts.iter().map(binary).collect())
            }
            OperatorFamily::IpAddress => Self::Ranges(texts.iter().map(|text| parse_range(text)).collect()),
            OperatorFamily::Arn => {
                Self::Arns(texts.iter().map(|text| ArnText::compile(text, variables)).collect())
            }
            OperatorFamily::Null => Self::Nulls(texts.iter().map(|text| parse_bool(text)).collect()),
        }
    }

    /// Whether `Null` was asked for this answer.
    pub(super) fn contains_null_test(&self, is_null: bool) -> bool {
        matches!(self, Self::Nulls(tests) if tests.contains(&Some(is_null)))
    }

    /// Whether the request's value matches any of the policy's, by the positive form of the comparison.
    pub(super) fn matches_any(&self, comparison: Comparison, value: &str, context: &Context) -> Compared {
        match self {
            Self::Strings { ignore_case, values } => any(
                values.iter().map(|text| Some(text_equals(text, value, *ignore_case, context))),
                comparison,
                "",
            ),
            Self::Numbers(numbers) => match Number::parse(value) {
                None => Compared::Malformed("the request's value is not a number"),
                Some(value) => {
                    let test = |number: &Option<Number>| {
                        number.map(|number| ordered(comparison, value.compare(number)))
                    };
                    any(numbers.iter().map(test), comparison, "a value is not a number")
                }
            },
            Self::Dates(dates) => match parse_date(value) {
                None => Compared::Malformed("the request's value is not a date"),
                Some(value) => {
                    let test =
                        |date: &Option<i128>| date.map(|date| ordered(comparison, Some(value.cmp(&date))));
                    any(dates.iter().map(test), comparison, "a value is not a date")
                }
            },
            Self::Bools(bools) => match parse_bool(value) {
                None => Compared::Malformed("the request's value is not true or false"),
                Some(value) => any(
                    bools.iter().map(|text| bool_equals(text, value, context)),
                    comparison,
                    "a value is not true or false",
                ),
            },
            Self::Binaries(binaries) => {
                // The context may hold the bytes themselves, or base64 as well.
                let test = |binary: &BinaryText| {
                    let same = &*binary.encoded == value || binary.bytes.as_deref() == Some(value.as_bytes());
                    Some(same.into())
                };
                any(binaries.iter().map(test), comparison, "")
            }
            Self::Ranges(ranges) => match parse_address(value) {
                None => Compared::Malformed("the request's value is not an IP address"),
                Some(address) => {
                    let test = |range: &Option<IpNet>| range.map(|range| range.contains(&address).into());
                    any(ranges.iter().map(test), comparison, "a value is not an IP address or range")
                }
            },
            Self::Arns(arns) => {
                if value.split(':').count() < ARN_COMPONENTS {
                    return Compared::Malformed("the request's value is not an ARN");
                }
                any(arns.iter().map(|arn| arn.matches(value, context)), comparison, "a value is not an ARN")
            }
            Self::Nulls(_) => Compared::Malformed("Null takes true or false"),
        }
    }
}

/// Whether any result holds. A value that is not well-formed (`None`) never matches, and makes a negated comparison
/// undecidable, so that it does not hold either.
fn any(
    results: impl Iterator<Item = Option<Truth>>,
    comparison: Comparison,
    reason: &'static str,
) -> Compared {
    let mut truth = Truth::False;
    let mut malformed = false;
    for result in results {
        match result {
            Some(result) => truth = truth.or(result),
            None => malformed = true,
        }
    }
    if malformed && (truth == Truth::False || comparison.is_negated()) {
        Compared::Malformed(reason)
    } else {
        Compared::Result(truth)
    }
}

fn ordered(comparison: Comparison, ordering: Option<Ordering>) -> Truth {
    use Comparison as C;
    let Some(ordering) = ordering else { return Truth::False };
    let holds = match comparison {
        C::NumericLessThan | C::DateLessThan => ordering.is_lt(),
        C::NumericLessThanEquals | C::DateLessThanEquals => ordering.is_le(),
        C::NumericGreaterThan | C::DateGreaterThan => ordering.is_gt(),
        C::NumericGreaterThanEquals | C::DateGreaterThanEquals => ordering.is_ge(),
        _ => ordering.is_eq(),
    };
    holds.into()
}

fn text_equals(text: &Text, value: &str, ignore_case: bool, context: &Context) -> Truth {
    let resolved;
    let pattern = match text {
        Text::Fixed(pattern) => pattern,
        Text::Variable(template) => match template.resolve(context) {
            Resolved::Bytes(bytes) => {
                resolved = Pattern::from_bytes(bytes);
                &resolved
            }
            Resolved::NoValue => return Truth::False,
            Resolved::Unknown => return Truth::Unknown,
        },
    };
    if !ignore_case {
        return pattern.matches(value).into();
    }
    let equal =
        pattern.as_exact().and_then(|bytes| std::str::from_utf8(bytes).ok()).is_some_and(|expected| {
            expected.eq_ignore_ascii_case(value) || expected.to_lowercase() == value.to_lowercase()
        });
    equal.into()
}

fn bool_equals(text: &Text, value: bool, context: &Context) -> Option<Truth> {
    let parse = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(parse_bool);
    let expected = match text {
        Text::Fixed(pattern) => pattern.as_exact().and_then(parse),
        Text::Variable(template) => match template.resolve(context) {
            Resolved::Bytes(bytes) => parse(&bytes),
            Resolved::NoValue => return Some(Truth::False),
            Resolved::Unknown => return Some(Truth::Unknown),
        },
    };
    expected.map(|expected| (expected == value).into())
}

impl ArnText {
    fn compile(text: &str, variables: bool) -> Self {
        match Text::compile(text, Wildcards::Match, variables) {
            Text::Variable(template) => Self::Variable(template),
            Text::Fixed(pattern) => Self::Fixed(pattern.into_bytes()),
        }
    }

    /// Matches component by component; `None` if this is not an ARN, all six components of it. A lone `*` is every ARN.
    fn matches(&self, value: &str, context: &Context) -> Option<Truth> {
        let resolved;
        let bytes = match self {
            Self::Fixed(bytes) => bytes,
            Self::Variable(template) => match template.resolve(context) {
                Resolved::Bytes(bytes) => {
                    resolved = bytes;
                    &resolved
                }
                Resolved::NoValue => return Some(Truth::False),
                Resolved::Unknown => return Some(Truth::Unknown),
            },
        };
        if *bytes == [ANY_RUN] {
            return Some(Truth::True);
        }
        let mut patterns = bytes.splitn(ARN_COMPONENTS, |&byte| byte == b':');
        let mut components = value.splitn(ARN_COMPONENTS, ':');
        let (first, component) = (patterns.next()?, components.next()?);
        if !glob(first, b"arn") {
            return None;
        }
        let mut matched = glob(first, component.as_bytes());
        for component in components {
            matched &= glob(patterns.next()?, component.as_bytes());
        }
        Some(matched.into())
    }
}
