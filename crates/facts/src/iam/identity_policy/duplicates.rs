//! Policies that say the same.

use std::collections::{BTreeSet, HashMap};

use palisade_policy::document::{Effect, PatternElement, PolicyDocument, PolicyVersion, Statement};
use palisade_snapshot::RecordKind;

use crate::context::Context;
use crate::iam::attached::is_aws_managed;
use crate::{Known, Listed};

/// What a policy says, however it is written: order, spelling of actions, `Sid` and single values are left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Meaning {
    version: PolicyVersion,
    statements: BTreeSet<StatementMeaning>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct StatementMeaning {
    effect: Effect,
    actions: Patterns,
    resources: Option<Patterns>,
    /// Operator, key and values.
    conditions: BTreeSet<(String, String, BTreeSet<String>)>,
}

/// Whether it is the `Not…` form, and the patterns.
type Patterns = (bool, BTreeSet<String>);

impl Meaning {
    fn of(document: &PolicyDocument) -> Self {
        Self {
            version: document.version,
            statements: document.statements.iter().map(StatementMeaning::of).collect(),
        }
    }
}

impl StatementMeaning {
    fn of(statement: &Statement) -> Self {
        let patterns = |element: &PatternElement, spelt: fn(&String) -> String| -> Patterns {
            (element.negated, element.values.items.iter().map(spelt).collect())
        };
        let conditions = statement.conditions.iter().map(|one| {
            let values = one.values.items.iter().cloned().collect();
            (one.operator_name.to_ascii_lowercase(), one.key.to_ascii_lowercase(), values)
        });
        Self {
            effect: statement.effect,
            actions: patterns(&statement.actions, |action| action.to_ascii_lowercase()),
            resources: statement.resources.as_ref().map(|element| patterns(element, String::clone)),
            conditions: conditions.collect(),
        }
    }
}

/// The places of the account's own managed policies by what they say.
pub(crate) type ByMeaning = HashMap<Meaning, Vec<usize>>;

/// Puts the account's own managed policies together by what they say; those that are no policies are left out.
pub(crate) fn by_meaning(context: &Context) -> ByMeaning {
    let mut found = ByMeaning::new();
    for (index, policy) in context.shared.policies.iter().enumerate() {
        if is_aws_managed(&policy.arn) {
            continue;
        }
        if let Known::Known(read) = context.managed_policy(index) {
            found.entry(Meaning::of(&read.document)).or_default().push(index);
        }
    }
    found
}

/// The ARNs of the account's other managed policies that say the same as one; unknown if it is no policy.
pub(super) fn of(context: &Context, index: usize) -> Known<Listed<String>> {
    let Some(own) = context.shared.policies.get(index).filter(|policy| !is_aws_managed(&policy.arn)) else {
        return Known::Known(Listed::complete(Vec::new()));
    };
    context.managed_policy(index).map(|policy| {
        let same = context.policies_by_meaning().get(&Meaning::of(&policy.document));
        let others = same.into_iter().flatten().filter_map(|&other| context.shared.policies.get(other));
        let arns = others.map(|policy| policy.arn.clone()).filter(|arn| *arn != own.arn);
        Listed { items: arns.collect(), incomplete: context.incomplete(RecordKind::Policy) }
    })
}
