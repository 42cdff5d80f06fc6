//! Conditions that seem to guard a role and keep nobody out: they hold if their key is missing, or whatever its value is.
//!
//! "Creating a condition with multiple keys or values" in the IAM User Guide warns of `ForAllValues` and `IfExists` in
//! statements that allow something.

use std::collections::BTreeMap;

use crate::compiled::{CompiledCondition, CompiledPolicy};
use crate::context::Context;
use crate::document::{Condition, Effect, PolicyDocument, PrincipalKind, Principals, Statement};
use crate::truth::Truth;

use super::domain::{STRANGER_VALUE, is_about_caller};
use super::issuer::Issuer;
use super::limit::names_everyone;
use super::scene::ResidualCondition;

/// An address (RFC 5737) and principals and resources that stand for any other.
const ANYTHING: [&str; 5] = [
    STRANGER_VALUE,
    "false",
    "198.51.100.77",
    "arn:aws:iam::999999999999:role/somebody-else",
    "arn:aws:service:region:999999999999:somebody-else",
];
const POLICY: &str = "trust_policy";

/// The conditions of a trust policy on who or where somebody is that hold for everybody whom the statement reaches.
///
/// The conditions of a statement on one key count together: `Null` mends what `IfExists` leaves open. An exclusion by a
/// negated operator counts only where the statement names everybody; elsewhere it takes a few away from those it names.
#[must_use]
pub fn idle_conditions(document: &PolicyDocument) -> Vec<ResidualCondition> {
    let compiled = CompiledPolicy::new(POLICY, document);
    let statements = document.statements.iter().zip(compiled.statements());
    let allows = statements.filter(|(statement, _)| statement.effect == Effect::Allow);
    let mut found = Vec::new();
    for (statement, compiled) in allows {
        let issuers = issuers(statement);
        let mut guards: BTreeMap<String, Vec<&CompiledCondition>> = BTreeMap::new();
        for condition in &compiled.conditions {
            let key = condition.source.key.to_ascii_lowercase();
            if is_guard(&key, &issuers) {
                guards.entry(key).or_default().push(condition);
            }
        }
        let excludes = |condition: &&CompiledCondition| {
            condition.source.operator.is_some_and(|operator| operator.comparison.is_negated())
        };
        let is_open = statement.principals.as_ref().is_some_and(names_everyone);
        for (key, conditions) in guards {
            let only_excludes = conditions.iter().all(excludes);
            if (is_open || !only_excludes) && holds_for_anybody(&key, &conditions) {
                found.extend(conditions.iter().map(|condition| residual(statement, &condition.source)));
            }
        }
    }
    found
}

/// Whether a key says who or where somebody is, or is a claim of an identity provider that the statement names.
fn is_guard(key: &str, issuers: &[Issuer]) -> bool {
    is_about_caller(key) || issuers.iter().any(|issuer| issuer.claim(key).is_some())
}

fn issuers(statement: &Statement) -> Vec<Issuer> {
    let kinds = match statement.principals.as_ref().map(|element| &element.principals) {
        Some(Principals::ByKind(kinds)) => kinds.as_slice(),
        Some(Principals::Everyone) | None => &[],
    };
    let federated = kinds.iter().filter(|(kind, _)| *kind == PrincipalKind::Federated);
    federated.flat_map(|(_, values)| &values.items).map(|name| Issuer::of(name)).collect()
}

/// Whether all conditions on a key hold without it, or with a value that nobody named.
fn holds_for_anybody(key: &str, conditions: &[&CompiledCondition]) -> bool {
    let is_multivalued = conditions
        .iter()
        .any(|condition| condition.source.operator.is_some_and(|operator| operator.quantifier.is_some()));
    let mut values = std::iter::once(None).chain(ANYTHING.into_iter().map(Some));
    values.any(|value| {
        let mut context = Context::new();
        match value {
            Some(value) if is_multivalued => context.set_many(key, [value.to_owned()]),
            Some(value) => context.set(key, value),
            None => {}
        }
        conditions.iter().all(|condition| condition.evaluate(&context).truth() == Truth::True)
    })
}

fn residual(statement: &Statement, condition: &Condition) -> ResidualCondition {
    ResidualCondition {
        policy: POLICY.to_owned(),
        path: condition.pointer(statement),
        operator: condition.operator_name.clone(),
        key: condition.key.clone(),
        values: condition.values.items.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idle(principal: &str, condition: &str) -> bool {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal},
                "Action": "sts:*", "Condition": {condition}}}]}}"#
        );
        !idle_conditions(&PolicyDocument::from_text(&text).unwrap()).is_empty()
    }

    #[test]
    fn a_condition_is_idle_if_it_holds_without_its_key_or_with_any_value() {
        let account = r#"{"AWS": "444455556666"}"#;
        for (condition, expected) in [
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#, false),
            (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}"#, true),
            (r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}"#, true),
            (r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}"#, false),
            (r#"{"StringLike": {"sts:ExternalId": "*"}}"#, true),
            (r#"{"Null": {"sts:ExternalId": "false"}}"#, true),
            (
                r#"{"StringEqualsIfExists": {"sts:ExternalId": "x"}, "Null": {"sts:ExternalId": "false"}}"#,
                false,
            ),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/*"}}"#, false),
            (r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:*"}}"#, true),
            (r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#, true),
            (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, false),
            (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, false),
            (r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#, true),
            // An exclusion from those that are named.
            (r#"{"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x"}}"#, false),
            // No guard: the caller chooses it.
            (r#"{"StringLike": {"sts:RoleSessionName": "*"}}"#, false),
        ] {
            assert_eq!(idle(account, condition), expected, "{condition}");
        }
        assert!(idle("\"*\"", r#"{"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}}"#));
    }

    #[test]
    fn claims_of_the_provider_that_is_named_are_guards() {
        let provider = r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example"}"#;
        assert!(idle(provider, r#"{"ForAllValues:StringEquals": {"ci.example:aud": "sts.amazonaws.com"}}"#));
        assert!(idle(provider, r#"{"StringLike": {"ci.example:sub": "*"}}"#));
        assert!(!idle(provider, r#"{"StringLike": {"ci.example:sub": "acme/*"}}"#));
        assert!(!idle(provider, r#"{"StringLike": {"other.example:sub": "*"}}"#));
    }
}
