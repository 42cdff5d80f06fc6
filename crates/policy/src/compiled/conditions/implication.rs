//! Whether the values of one condition hold only where those of another of the same operator do.

use ipnet::IpNet;

use crate::document::{Comparison, OperatorFamily};
use crate::values::parse_range;
use crate::variables::{Text, Wildcards};

/// The values of a condition as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) items: &'a [String],
    /// Whether policy variables in them are replaced.
    pub(super) variables: bool,
}

/// Whether `values` hold only where `weaker` hold too. A value that can't be read spoils the others beside it, so that
/// only of texts and of readable ranges some may be left out.
pub(super) fn of_values(comparison: Comparison, values: Values<'_>, weaker: Values<'_>) -> bool {
    match comparison.family() {
        OperatorFamily::String => {
            let wildcards = match comparison {
                Comparison::StringLike | Comparison::StringNotLike => Wildcards::Match,
                _ => Wildcards::Literal,
            };
            let read = |values: Values<'_>| -> Vec<Text> {
                values.items.iter().map(|text| Text::compile(text, wildcards, values.variables)).collect()
            };
            within(comparison, &read(values), &read(weaker), Text::includes)
        }
        OperatorFamily::IpAddress => {
            let read = |values: Values<'_>| -> Option<Vec<IpNet>> {
                values.items.iter().map(|text| parse_range(text)).collect()
            };
            match (read(values), read(weaker)) {
                (Some(values), Some(weaker)) => {
                    within(comparison, &values, &weaker, |more, less| more.contains(less))
                }
                _ => false,
            }
        }
        _ => values.items == weaker.items && values.variables == weaker.variables,
    }
}

/// One of `values` has to fit, so that each must be in one of `weaker`; negated, none may, which is the other way round.
fn within<T>(comparison: Comparison, values: &[T], weaker: &[T], includes: impl Fn(&T, &T) -> bool) -> bool {
    let (less, more) = if comparison.is_negated() { (weaker, values) } else { (values, weaker) };
    less.iter().all(|one| more.iter().any(|other| includes(other, one)))
}
