//! Policies that say the same.

use std::collections::{BTreeSet, HashMap};

use palisade_policy::document::{Effect, PatternElement, PolicyDocument, PolicyVersion, Statement};
use palisade_snapshot::RecordKind;

use crate::context::Context;
use crate::iam::attached::is_aws_managed;
use crate::{Known, Listed, facts};

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

/// Puts the account's own managed policies together by what they say, in the order of their ARNs; those that are no policies are left out.
pub(crate) fn by_meaning(context: &Context) -> ByMeaning {
    let mut found = ByMeaning::new();
    let mut policies: Vec<_> = context.shared.policies.iter().enumerate().collect();
    policies.sort_by_key(|(_, policy)| policy.arn.as_str());
    for (index, policy) in policies {
        if is_aws_managed(&policy.arn) {
            continue;
        }
        if let Known::Known(read) = context.managed_policy(index) {
            found.entry(Meaning::of(&read.document)).or_default().push(index);
        }
    }
    found
}

/// The most policies that are named for one.
const MOST_NAMED: usize = 10;

facts! {
    /// The account's other managed policies that say the same as one.
    pub struct SamePolicies as "same_policies" {
        /// How many there are.
        count: i64, reads [];
        /// The ARNs of ten at most: those that follow it in the order of ARNs, which the first follows the last in.
        arns: Listed<String>, reads [];
    }
}

impl SamePolicies {
    /// Of a policy that is not compared.
    pub(super) fn none() -> Self {
        Self { count: 0, arns: Listed::complete(Vec::new()) }
    }
}

/// The account's other managed policies that say the same as one; unknown if it is no policy.
pub(super) fn of(context: &Context, index: usize) -> Known<SamePolicies> {
    let Some(own) = context.shared.policies.get(index).filter(|policy| !is_aws_managed(&policy.arn)) else {
        return Known::Known(SamePolicies::none());
    };
    context.managed_policy(index).map(|policy| {
        let same = context.policies_by_meaning().get(&Meaning::of(&policy.document));
        let same = same.map(Vec::as_slice).unwrap_or_default();
        // Where thousands say the same, each names its neighbours: together they name everybody.
        let (before, after) = same.split_at(same.iter().position(|&other| other == index).unwrap_or(0));
        let others = after.iter().chain(before).filter_map(|&other| context.shared.policies.get(other));
        let arns = others.filter(|other| other.arn != own.arn).take(MOST_NAMED);
        SamePolicies {
            count: i64::try_from(same.len().saturating_sub(1)).unwrap_or(i64::MAX),
            arns: Listed {
                items: arns.map(|policy| policy.arn.clone()).collect(),
                incomplete: context.incomplete(RecordKind::Policy),
            },
        }
    })
}
