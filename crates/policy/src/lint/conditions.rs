//! `Condition`: operators and values, and conditions that let through more than they seem to.
//!
//! "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys".

use crate::actions::ConditionKey;
use crate::document::{Comparison, Condition, Effect, Operator, OperatorFamily, SetQuantifier, Statement};

use crate::values::{Number, parse_base64, parse_bool, parse_date, parse_range};

use super::condition_keys::known_key;
use super::nearest::nearest;
use super::{Code, Findings, actions, arn};

/// Checks the operators and values of a statement's conditions.
pub(super) fn check(statement: &Statement, findings: &mut Findings) {
    for condition in &statement.conditions {
        let Some(operator) = condition.operator else {
            unknown_operator(statement, condition, findings);
            continue;
        };
        let path = Condition::pointer(condition, statement);
        values(condition, operator, &path, findings);
        match operator.quantifier {
            Some(_) | None if operator.comparison == Comparison::Null => {}
            Some(quantifier) => set_operator(statement, condition, operator, quantifier, findings),
            None => single_operator(condition, &path, findings),
        }
        absent_key(statement, condition, operator, &path, findings);
    }
}

fn unknown_operator(statement: &Statement, condition: &Condition, findings: &mut Findings) {
    let path = Condition::pointer(condition, statement);
    let path = path.rsplit_once('/').map_or("", |(operator, _)| operator);
    let base = condition.operator_name.rsplit(':').next().unwrap_or_default();
    let near = nearest(base, Comparison::all().map(Comparison::name)).map(ToOwned::to_owned);
    let what = format!("condition operator {:?}", condition.operator_name);
    findings.add(Code::UnknownOperator, path, actions::unknown(&what, near));
}

/// Values that the operator cannot read, and wildcards that it takes literally.
fn values(condition: &Condition, operator: Operator, path: &str, findings: &mut Findings) {
    let family = operator.comparison.family();
    for (index, value) in condition.values.items.iter().enumerate() {
        if value.contains("${") {
            continue;
        }
        let place = condition.values.pointer(path, index);
        if let Some(expected) = unreadable(family, value) {
            findings.add(Code::InvalidConditionValue, place, format!("{value:?} is not {expected}"));
        } else if is_exact(operator.comparison) && value.contains(['*', '?']) {
            let message = format!("{value:?} is compared exactly; StringLike knows * and ?");
            findings.add(Code::WildcardWithoutEffect, place, message);
        }
    }
}

fn is_exact(comparison: Comparison) -> bool {
    comparison.family() == OperatorFamily::String
        && !matches!(comparison, Comparison::StringLike | Comparison::StringNotLike)
}

/// What the value should have been, if the operator cannot read it.
fn unreadable(family: OperatorFamily, value: &str) -> Option<&'static str> {
    let (is_readable, expected) = match family {
        OperatorFamily::String => (true, ""),
        OperatorFamily::Bool | OperatorFamily::Null => (parse_bool(value).is_some(), "true or false"),
        OperatorFamily::Numeric => (Number::parse(value).is_some(), "a number"),
        OperatorFamily::IpAddress => (parse_range(value).is_some(), "an address or a range in CIDR notation"),
        OperatorFamily::Arn => (arn::fault(value).is_none(), "an ARN or a pattern for ARNs"),
        OperatorFamily::Date => {
            (parse_date(value).is_some(), "a date such as 2026-01-31T00:00:00Z, or seconds")
        }
        OperatorFamily::Binary => (parse_base64(value).is_some(), "base64"),
    };
    (!is_readable).then_some(expected)
}

fn set_operator(
    statement: &Statement,
    condition: &Condition,
    operator: Operator,
    quantifier: SetQuantifier,
    findings: &mut Findings,
) {
    let path = Condition::pointer(condition, statement);
    let key = &condition.key;
    if known_key(key).is_some_and(|known| !known.key_type.is_multivalued) && !is_list_of_claims(key) {
        let message = format!("{key} has one value; compare it without ForAllValues or ForAnyValue");
        findings.add(Code::SetOperatorOnSingleValue, &*path, message);
    }
    match (statement.effect, quantifier) {
        (Effect::Allow, SetQuantifier::ForAllValues) if !requires(statement, key) => {
            let message = format!(
                "a request without {key} passes; add \"Null\": {{\"{key}\": \"false\"}} or use ForAnyValue"
            );
            findings.add(Code::ForAllValuesTrap, path, message);
        }
        (Effect::Deny, SetQuantifier::ForAnyValue) if !operator.comparison.is_negated() => {
            let message = format!("a request without {key} is not denied");
            findings.add(Code::ForAnyValueDeny, path, message);
        }
        _ => {}
    }
}

/// `cognito-identity.amazonaws.com:amr` holds a list, which the action table does not say ("Using trust policies" in the
/// Amazon Cognito Developer Guide).
fn is_list_of_claims(key: &str) -> bool {
    key.rsplit_once(':').is_some_and(|(_, claim)| claim.eq_ignore_ascii_case("amr"))
}

fn single_operator(condition: &Condition, path: &str, findings: &mut Findings) {
    if known_key(&condition.key).is_some_and(|known| known.key_type.is_multivalued) {
        let message = format!("{} has several values; use ForAnyValue or ForAllValues", condition.key);
        findings.add(Code::MissingSetOperator, path, message);
    }
}

/// Whether the statement also asks that the key is there.
fn requires(statement: &Statement, key: &str) -> bool {
    statement.conditions.iter().any(|other| {
        let asks = other.operator.is_some_and(|operator| match operator.comparison {
            Comparison::Null => other.values.items.iter().all(|value| value.eq_ignore_ascii_case("false")),
            comparison => {
                !operator.if_exists
                    && !comparison.is_negated()
                    && operator.quantifier != Some(SetQuantifier::ForAllValues)
            }
        });
        asks && other.key.eq_ignore_ascii_case(key)
    })
}

/// Keys that a request may lack and that policies use to keep somebody out: who he is, where he comes from, whether
/// he used a second factor ("AWS global condition context keys", "Availability").
const GUARDING_KEYS: [&str; 19] = [
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOwner",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "sts:ExternalId",
    "kms:CallerAccount",
];

/// Keys for tags: what they are about may have none.
const TAG_KEYS: [&str; 4] = ["aws:principaltag/", "aws:requesttag/", "resourcetag/", "existingobjecttag/"];

fn is_tag(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    TAG_KEYS
        .iter()
        .any(|tag| key.starts_with(tag) || key.split_once(':').is_some_and(|(_, name)| name.starts_with(tag)))
}

fn absent_key(
    statement: &Statement,
    condition: &Condition,
    operator: Operator,
    path: &str,
    findings: &mut Findings,
) {
    let key = &condition.key;
    if !is_tag(key) && !GUARDING_KEYS.iter().any(|guarding| guarding.eq_ignore_ascii_case(key)) {
        return;
    }
    let is_positive = !operator.comparison.is_negated() && operator.comparison != Comparison::Null;
    if statement.effect == Effect::Allow && operator.if_exists && !requires(statement, key) {
        let message = format!("a request without {key} passes; drop IfExists, or ask for the key with Null");
        findings.add(Code::IfExistsBypass, path, message);
    }
    let is_mfa = key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent");
    if statement.effect == Effect::Deny && is_mfa && is_positive && !operator.if_exists {
        let message =
            format!("requests with long-term access keys lack {key} and are not denied; use BoolIfExists");
        findings.add(Code::DenyMissesAbsentKey, path, message);
    }
}

/// Whether the operator fits the type of the key.
pub(super) fn fits(operator: Operator, condition: &Condition, key: &ConditionKey) -> bool {
    use crate::actions::ValueType as V;
    let family = operator.comparison.family();
    // Text is how every other type is written, so that String operators do compare something.
    let names_arn = || condition.key.to_ascii_lowercase().ends_with("arn");
    match (key.key_type.value, family) {
        (_, OperatorFamily::Null) => true,
        (V::String, OperatorFamily::Arn) => names_arn(),
        (V::String | V::Arn | V::Bool, OperatorFamily::String) => true,
        (V::Arn, family) => family == OperatorFamily::Arn,
        (V::Bool, family) => family == OperatorFamily::Bool,
        (V::Numeric, family) => family == OperatorFamily::Numeric,
        (V::Date, family) => matches!(family, OperatorFamily::Date | OperatorFamily::Numeric),
        (V::IpAddress, family) => family == OperatorFamily::IpAddress,
        (V::Binary, family) => family == OperatorFamily::Binary,
        (V::String, _) => false,
    }
}
