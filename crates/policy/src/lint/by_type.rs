//! What only policies of one type may say: trust policies, resource control policies.

use crate::actions::{Service, table};
use crate::document::{Effect, PolicyDocument, PolicyVersion, PrincipalKind, Principals, Statement};

use super::{Code, Findings, PolicyType, actions};

/// Checks what the type of the policy asks for.
pub(super) fn check(document: &PolicyDocument, policy_type: PolicyType, findings: &mut Findings) {
    match policy_type {
        PolicyType::Trust => {
            for statement in &document.statements {
                trust_actions(statement, findings);
            }
        }
        PolicyType::ResourceControl => {
            if document.version != PolicyVersion::V2012 {
                let message = "a resource control policy is of version 2012-10-17";
                findings.add(Code::ResourceControlSyntax, "/Version", message);
            }
            for statement in document.statements.iter().filter(|statement| !is_full_access(statement)) {
                resource_control(statement, findings);
            }
        }
        _ => {}
    }
}

/// Whether a document looks like a trust policy: it names principals and actions of STS, and no resources.
pub(super) fn looks_like_trust(document: &PolicyDocument) -> bool {
    let is_sts = |pattern: &String| service_of(pattern).eq_ignore_ascii_case("sts");
    !document.statements.is_empty()
        && document.statements.iter().all(|one| one.principals.is_some() && one.resources.is_none())
        && document.statements.iter().any(|one| one.actions.values.items.iter().any(is_sts))
}

/// IAM refuses a trust policy with other actions than those of STS ("How to use trust policies with IAM roles").
fn trust_actions(statement: &Statement, findings: &mut Findings) {
    let whole = statement.actions_pointer();
    if statement.actions.negated {
        let message = "a trust policy names its actions; write Action with those of sts";
        findings.add(Code::TrustAction, whole, message);
        return;
    }
    for (index, pattern) in statement.actions.values.items.iter().enumerate() {
        if !service_of(pattern).eq_ignore_ascii_case("sts") {
            let message = format!("{pattern:?} is no action of sts; name one such as sts:AssumeRole");
            findings.add(Code::TrustAction, statement.actions.values.pointer(&whole, index), message);
        }
    }
}

/// `RCPFullAWSAccess`, which AWS attaches everywhere: the one statement that allows.
fn is_full_access(statement: &Statement) -> bool {
    let is_star = |items: &[String]| matches!(items, [one] if one == "*");
    statement.effect == Effect::Allow
        && statement.conditions.is_empty()
        && statement.principals.as_ref().is_some_and(|principals| !principals.negated)
        && !statement.actions.negated
        && is_star(&statement.actions.values.items)
        && statement
            .resources
            .as_ref()
            .is_some_and(|resources| !resources.negated && is_star(&resources.values.items))
}

/// "RCP syntax": `Effect` is `Deny`, `Principal` is `*`, actions are named with their service, `NotAction` and
/// `NotPrincipal` are not supported, and there is `Resource` or `NotResource`.
fn resource_control(statement: &Statement, findings: &mut Findings) {
    let mut refuse = |path: String, message: &str| findings.add(Code::ResourceControlSyntax, path, message);
    if statement.effect == Effect::Allow {
        let message = "a resource control policy of your own only denies; write Deny";
        refuse(format!("{}/Effect", statement.pointer()), message);
    }
    if let (Some(element), Some(path)) = (&statement.principals, statement.principals_pointer())
        && (element.negated || !is_everyone(&element.principals))
    {
        refuse(path, "a resource control policy is about everyone; write \"Principal\": \"*\"");
    }
    if statement.resources.is_none() {
        refuse(statement.pointer(), "Resource or NotResource is missing; write one");
    }
    if statement.actions.negated {
        refuse(statement.actions_pointer(), "NotAction is not supported here; name the actions to deny");
        return;
    }
    let whole = statement.actions_pointer();
    for (index, pattern) in statement.actions.values.items.iter().enumerate() {
        let path = statement.actions.values.pointer(&whole, index);
        if actions::is_everything(pattern) {
            findings.add(Code::ResourceControlSyntax, path, "* is not supported here; name a service: s3:*");
        } else if table()
            .service(service_of(pattern))
            .is_some_and(|service| !service.supports_resource_control_policies())
        {
            let services = table().services().filter(|one| one.supports_resource_control_policies());
            let listed = services.map(Service::prefix).collect::<Vec<_>>().join(", ");
            let message = format!("{pattern:?} restricts nothing; these policies count for {listed}");
            findings.add(Code::ResourceControlWithoutEffect, path, message);
        }
    }
}

fn is_everyone(principals: &Principals) -> bool {
    match principals {
        Principals::Everyone => true,
        Principals::ByKind(kinds) => kinds.iter().all(|(kind, values)| {
            *kind == PrincipalKind::Aws && values.items.iter().all(|value| value == "*")
        }),
    }
}

fn service_of(pattern: &str) -> &str {
    pattern.split_once(':').map_or(pattern, |(service, _)| service)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::super::{Code, PolicyType};

    /// "IAM roles": "How to use trust policies with IAM roles"; "Using trust policies" in the Amazon Cognito Developer Guide.
    #[test]
    fn trust_policies() {
        check(
            PolicyType::Trust,
            &[
                (
                    r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Resource": "*""#,
                    &[(Code::ResourceNotAllowed, "/Resource")],
                ),
                (
                    r#""Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {
                            "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:x"},
                            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}"#,
                    &[],
                ),
            ],
        );
    }

    /// "IAM roles": "How to use trust policies with IAM roles". What looks like one is one.
    #[test]
    fn trust_policies_name_actions_of_sts() {
        for policy_type in [PolicyType::Trust, PolicyType::Unknown] {
            check(
                policy_type,
                &[
                    (
                        r#""Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
                            "Action": ["sts:AssumeRole", "sts:TagSession"]"#,
                        &[],
                    ),
                    (
                        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "s3:GetObject"]"#,
                        &[(Code::TrustAction, "/Action/1")],
                    ),
                ],
            );
        }
        check(
            PolicyType::Trust,
            &[
                (
                    r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*""#,
                    &[(Code::TrustAction, "/Action")],
                ),
                (
                    r#""Effect": "Deny", "Principal": {"AWS": "111122223333"}, "NotAction": "sts:AssumeRole""#,
                    &[(Code::TrustAction, "/NotAction")],
                ),
            ],
        );
    }

    /// "Resource control policies (RCPs)": "RCP syntax", "List of AWS services that support RCPs".
    #[test]
    fn resource_control_policies() {
        const SYNTAX: Code = Code::ResourceControlSyntax;
        check(
            PolicyType::ResourceControl,
            &[
                (r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#, &[]),
                (
                    r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:Decrypt"], "Resource": "*""#,
                    &[],
                ),
                (
                    r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#,
                    &[(SYNTAX, "/Effect")],
                ),
                (
                    r#""Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*""#,
                    &[(SYNTAX, "/Action")],
                ),
                (
                    r#""Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*""#,
                    &[(SYNTAX, "/NotAction")],
                ),
                (
                    r#""Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*""#,
                    &[(SYNTAX, "/Principal")],
                ),
                (
                    r#""Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*""#,
                    &[(SYNTAX, "/NotPrincipal")],
                ),
                (r#""Effect": "Deny", "Principal": "*", "Action": "s3:*""#, &[(SYNTAX, "")]),
                (
                    r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "ec2:*"], "Resource": "*""#,
                    &[(Code::ResourceControlWithoutEffect, "/Action/1")],
                ),
            ],
        );
        check(
            PolicyType::ServiceControl,
            &[(
                r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#,
                &[(Code::PrincipalNotAllowed, "/Principal")],
            )],
        );
    }
}
