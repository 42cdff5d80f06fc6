//! How a bucket's policy is written: its version, its faults, and whether it is about this bucket.

use std::sync::Arc;

use palisade_policy::arn::Arn;
use palisade_policy::containment::beyond;
use palisade_policy::document::{PolicyDocument, PolicyVersion, Statement};
use palisade_policy::lint::{Code, PolicyType, lint_text};
use palisade_snapshot::Bucket;

use crate::context::Context;
use crate::escalation::matches;
use crate::exposure::ReadPolicy;
use crate::iam::LintFinding;
use crate::{Known, Lazy};

/// The version of the policy language; null without a policy.
pub(super) fn version(policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Known<Option<String>>> {
    let policy = Arc::clone(policy);
    Lazy::new(move || {
        policy.get().as_ref().map(|policy| {
            policy.as_ref().map(|policy| match policy.version {
                PolicyVersion::V2008 => "2008-10-17".to_owned(),
                PolicyVersion::V2012 => "2012-10-17".to_owned(),
            })
        })
    })
}

/// Where the policy breaks the grammar of the language, or names actions, keys or principals that there are none of.
pub(super) fn faults(bucket: &Bucket, policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Known<Vec<LintFinding>>> {
    let (text, policy) = (bucket.policy.clone(), Arc::clone(policy));
    Lazy::new(move || {
        policy.get().as_ref().map(|policy| {
            let text = text.present().filter(|_| policy.is_some());
            let findings = text.map(|text| lint_text(text, PolicyType::Resource)).unwrap_or_default();
            findings.iter().filter(|finding| is_fault(finding.code)).map(LintFinding::of).collect()
        })
    })
}

/// What is wrong wherever it stands, and not a matter of who is let in.
fn is_fault(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidStructure
            | Code::DuplicateKey
            | Code::EmptyList
            | Code::MalformedAction
            | Code::UnknownService
            | Code::UnknownAction
            | Code::MalformedArn
            | Code::IncompleteArn
            | Code::MissingResource
            | Code::MissingPrincipal
            | Code::InvalidPrincipal
            | Code::UnknownOperator
            | Code::UnknownConditionKey
            | Code::InvalidConditionValue
            | Code::MalformedVariable
            | Code::UnknownVariable
    )
}

/// Where the statements stand that allow something beyond the declared baseline; null if none is declared.
pub(super) fn beyond_baseline(
    context: &Arc<Context>,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Option<Vec<String>>>> {
    let (context, policy) = (Arc::clone(context), Arc::clone(policy));
    Lazy::new(move || {
        let Some(baseline) = &context.bucket_policy_baseline else { return Known::Known(None) };
        policy.get().as_ref().map(|policy| {
            let beyond = policy.iter().flat_map(|policy| beyond(policy, baseline));
            Some(beyond.map(Statement::pointer).collect())
        })
    })
}

/// The resources that the policy names and that are neither this bucket, its objects nor an access point.
pub(super) fn foreign_resources(bucket: &Bucket, policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Known<Vec<String>>> {
    let (name, policy) = (bucket.name.clone(), Arc::clone(policy));
    Lazy::new(move || {
        let foreign = |policy: &PolicyDocument| {
            let elements = policy.statements.iter().filter_map(|statement| statement.resources.as_ref());
            let named = elements.filter(|element| !element.negated).flat_map(|element| &element.values.items);
            let mut found: Vec<String> = named.filter(|one| !is_of_bucket(one, &name)).cloned().collect();
            found.sort();
            found.dedup();
            found
        };
        policy.get().as_ref().map(|policy| policy.as_ref().map(foreign).unwrap_or_default())
    })
}

/// Whether a pattern may stand for a bucket or its objects, or is about access points.
fn is_of_bucket(pattern: &str, bucket: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let Some(arn) = Arn::parse(pattern) else { return pattern.contains('*') };
    if arn.resource.starts_with("accesspoint/") {
        return true;
    }
    let name = arn.resource.split('/').next().unwrap_or_default();
    // A wildcard before the first slash may also stand for a slash and what follows.
    let before_wildcard = name.split_once('*').map(|(before, _)| before);
    matches(name, bucket) || before_wildcard.is_some_and(|before| bucket.starts_with(before))
}
