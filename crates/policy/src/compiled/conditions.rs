//! `Condition`: operators, set quantifiers, missing and unknown keys
//! ("IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys").

mod comparands;
mod implication;

use crate::context::{Context, Lookup};
use crate::document::{Comparison, Condition, Operator, SetQuantifier};
use crate::truth::Truth;
use comparands::{Comparands, Compared};
use implication::Values;

/// One operator and key of a `Condition` block, ready for evaluation.
#[derive(Debug, Clone)]
pub(crate) struct CompiledCondition {
    /// As written, for answers.
    pub(crate) source: Condition,
    /// The key in lower case.
    key: Box<str>,
    /// Whether policy variables in its values are replaced.
    variables: bool,
    /// The operator with its typed values; `None` if AWS has no such operator.
    test: Option<(Operator, Comparands)>,
}

/// What a condition comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConditionOutcome {
    /// It holds, does not hold, or hangs on unknown context.
    Decided(Truth),
    /// It does not hold because something in it is not well-formed; the text says what.
    Malformed(&'static str),
}

impl ConditionOutcome {
    pub(crate) fn truth(self) -> Truth {
        match self {
            Self::Decided(truth) => truth,
            Self::Malformed(_) => Truth::False,
        }
    }
}

impl CompiledCondition {
    pub(crate) fn compile(condition: &Condition, variables: bool) -> Self {
        Self {
            key: condition.key.to_ascii_lowercase().into(),
            variables,
            test: condition.operator.map(|operator| {
                (operator, Comparands::compile(operator.comparison, &condition.values.items, variables))
            }),
            source: condition.clone(),
        }
    }

    /// Whether it holds only where another holds too; `false` also where that can't be told.
    pub(crate) fn implies(&self, other: &Self) -> bool {
        let (Some((operator, _)), Some((weaker, _))) = (&self.test, &other.test) else { return false };
        self.key == other.key
            && operator.comparison == weaker.comparison
            && operator.quantifier == weaker.quantifier
            && (weaker.if_exists || !operator.if_exists)
            && implication::of_values(operator.comparison, self.written(), other.written())
    }

    fn written(&self) -> Values<'_> {
        Values { items: &self.source.values.items, variables: self.variables }
    }

    pub(crate) fn evaluate(&self, context: &Context) -> ConditionOutcome {
        use ConditionOutcome::{Decided, Malformed};
        let Some((operator, comparands)) = &self.test else {
            return Malformed("no such operator");
        };
        let value = context.lookup(&self.key);
        if let Lookup::Unknown = value {
            return Decided(Truth::Unknown);
        }
        if operator.comparison == Comparison::Null {
            let is_null = match value {
                Lookup::Single(_) => false,
                Lookup::Many(values) => values.is_empty(),
                Lookup::Absent | Lookup::Unknown => true,
            };
            return Decided(comparands.contains_null_test(is_null).into());
        }
        match operator.quantifier {
            None => evaluate_single(*operator, comparands, value, context),
            Some(quantifier) => evaluate_set(*operator, quantifier, comparands, value, context),
        }
    }
}

fn evaluate_single(
    operator: Operator,
    comparands: &Comparands,
    value: Lookup<'_>,
    context: &Context,
) -> ConditionOutcome {
    match value {
        Lookup::Absent | Lookup::Unknown => {
            ConditionOutcome::Decided((operator.if_exists || operator.comparison.is_negated()).into())
        }
        Lookup::Many(_) => {
            ConditionOutcome::Malformed("a multi-valued key needs ForAllValues or ForAnyValue")
        }
        Lookup::Single(value) => match test_value(operator.comparison, comparands, value, context) {
            Compared::Result(truth) => ConditionOutcome::Decided(truth),
            Compared::Malformed(reason) => ConditionOutcome::Malformed(reason),
        },
    }
}

/// Combines the values of a multi-valued key. Values that are empty texts are as good as none: AWS calls both a null
/// data set.
fn evaluate_set(
    operator: Operator,
    quantifier: SetQuantifier,
    comparands: &Comparands,
    value: Lookup<'_>,
    context: &Context,
) -> ConditionOutcome {
    let single;
    let values: &[String] = match value {
        // The quantifier decides, `IfExists` or not: "for no matching context key … the condition returns false".
        Lookup::Absent | Lookup::Unknown => &[],
        Lookup::Many(values) => values,
        Lookup::Single(value) => {
            single = [value.to_owned()];
            &single
        }
    };
    if values.iter().all(String::is_empty) {
        return ConditionOutcome::Decided((quantifier == SetQuantifier::ForAllValues).into());
    }
    let mut result = Truth::from(quantifier == SetQuantifier::ForAllValues);
    let mut malformed = None;
    for value in values {
        let truth = match test_value(operator.comparison, comparands, value, context) {
            Compared::Result(truth) => truth,
            Compared::Malformed(reason) => {
                malformed = Some(reason);
                Truth::False
            }
        };
        result = match quantifier {
            SetQuantifier::ForAllValues => result.and(truth),
            SetQuantifier::ForAnyValue => result.or(truth),
        };
    }
    match malformed {
        Some(reason) if result == Truth::False => ConditionOutcome::Malformed(reason),
        _ => ConditionOutcome::Decided(result),
    }
}

/// Tests one value of the request: against any of the policy's values, or, negated, against none of them.
fn test_value(comparison: Comparison, comparands: &Comparands, value: &str, context: &Context) -> Compared {
    match comparands.matches_any(comparison, value, context) {
        Compared::Result(truth) if comparison.is_negated() => Compared::Result(truth.negate()),
        Compared::Result(truth) => Compared::Result(truth),
        malformed @ Compared::Malformed(_) => malformed,
    }
}
