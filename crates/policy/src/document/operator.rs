//! Condition operators as written in a policy: comparison, set quantifier, `IfExists`.

/// How the values of a multi-valued context key are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetQuantifier {
    /// `ForAllValues:` every value in the request must match; true if there is none.
    ForAllValues,
    /// `ForAnyValue:` at least one value in the request must match; false if there is none.
    ForAnyValue,
}

/// What a condition compares, without set quantifier and `IfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "these are AWS's own operator names")]
pub enum Comparison {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

/// A family of comparisons: which values they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "these are AWS's own operator families")]
pub enum OperatorFamily {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

use Comparison as C;
use OperatorFamily as F;

/// Every comparison with its name and family: the one list behind parsing, printing and lint.
const COMPARISONS: [(Comparison, &str, OperatorFamily); 27] = [
    (C::StringEquals, "StringEquals", F::String),
    (C::StringNotEquals, "StringNotEquals", F::String),
    (C::StringEqualsIgnoreCase, "StringEqualsIgnoreCase", F::String),
    (C::StringNotEqualsIgnoreCase, "StringNotEqualsIgnoreCase", F::String),
    (C::StringLike, "StringLike", F::String),
    (C::StringNotLike, "StringNotLike", F::String),
    (C::NumericEquals, "NumericEquals", F::Numeric),
    (C::NumericNotEquals, "NumericNotEquals", F::Numeric),
    (C::NumericLessThan, "NumericLessThan", F::Numeric),
    (C::NumericLessThanEquals, "NumericLessThanEquals", F::Numeric),
    (C::NumericGreaterThan, "NumericGreaterThan", F::Numeric),
    (C::NumericGreaterThanEquals, "NumericGreaterThanEquals", F::Numeric),
    (C::DateEquals, "DateEquals", F::Date),
    (C::DateNotEquals, "DateNotEquals", F::Date),
    (C::DateLessThan, "DateLessThan", F::Date),
    (C::DateLessThanEquals, "DateLessThanEquals", F::Date),
    (C::DateGreaterThan, "DateGreaterThan", F::Date),
    (C::DateGreaterThanEquals, "DateGreaterThanEquals", F::Date),
    (C::Bool, "Bool", F::Bool),
    (C::BinaryEquals, "BinaryEquals", F::Binary),
    (C::IpAddress, "IpAddress", F::IpAddress),
    (C::NotIpAddress, "NotIpAddress", F::IpAddress),
    (C::ArnEquals, "ArnEquals", F::Arn),
    (C::ArnLike, "ArnLike", F::Arn),
    (C::ArnNotEquals, "ArnNotEquals", F::Arn),
    (C::ArnNotLike, "ArnNotLike", F::Arn),
    (C::Null, "Null", F::Null),
];

impl Comparison {
    /// Every comparison, in the order of AWS's documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        COMPARISONS.iter().map(|(comparison, _, _)| *comparison)
    }

    /// Finds a comparison by name; case does not count.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        COMPARISONS
            .iter()
            .find(|(_, known, _)| known.eq_ignore_ascii_case(name))
            .map(|(comparison, _, _)| *comparison)
    }

    fn entry(self) -> (&'static str, OperatorFamily) {
        COMPARISONS
            .iter()
            .find(|(comparison, _, _)| *comparison == self)
            .map_or(("", F::Null), |(_, name, family)| (*name, *family))
    }

    /// AWS's spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// Which values it takes.
    #[must_use]
    pub fn family(self) -> OperatorFamily {
        self.entry().1
    }

    /// Whether it is one of the `Not…` comparisons, which hold when the key is missing.
    #[must_use]
    pub fn is_negated(self) -> bool {
        matches!(
            self,
            C::StringNotEquals
                | C::StringNotEqualsIgnoreCase
                | C::StringNotLike
                | C::NumericNotEquals
                | C::DateNotEquals
                | C::NotIpAddress
                | C::ArnNotEquals
                | C::ArnNotLike
        )
    }
}

/// A condition operator: `ForAnyValue:StringLikeIfExists` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`, if given.
    pub quantifier: Option<SetQuantifier>,
    /// What is compared.
    pub comparison: Comparison,
    /// Whether the name ends in `IfExists`.
    pub if_exists: bool,
}

impl Operator {
    /// Reads an operator name; case does not count. `None` if AWS has no such operator.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (quantifier, rest) = match name.split_once(':') {
            None => (None, name),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetQuantifier::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetQuantifier::ForAnyValue), rest)
            }
            Some(_) => return None,
        };
        let (base, if_exists) = match strip_if_exists(rest) {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let comparison = Comparison::from_name(base)?;
        if comparison == Comparison::Null && (if_exists || quantifier.is_some()) {
            return None;
        }
        Some(Self { quantifier, comparison, if_exists })
    }
}

fn strip_if_exists(name: &str) -> Option<&str> {
    let (base, suffix) = name.split_at_checked(name.len().checked_sub("IfExists".len())?)?;
    suffix.eq_ignore_ascii_case("IfExists").then_some(base)
}
