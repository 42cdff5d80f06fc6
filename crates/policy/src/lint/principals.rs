//! `Principal` and `NotPrincipal` ("AWS JSON policy elements: Principal").

use crate::document::{Effect, PrincipalElement, PrincipalKind, Principals, Statement};

use super::{Code, Findings, PolicyType, arn};

/// Checks the principals of a statement.
pub(super) fn check(statement: &Statement, policy_type: PolicyType, findings: &mut Findings) {
    let Some((element, whole)) = statement.principals.as_ref().zip(statement.principals_pointer()) else {
        if policy_type.names_principals() {
            let message = "Principal is missing; name whom the statement is about";
            findings.add(Code::MissingPrincipal, statement.pointer(), message);
        }
        return;
    };
    if !policy_type.names_principals() {
        findings.add(
            Code::PrincipalNotAllowed,
            whole,
            "the policy's owner is the principal; remove the element",
        );
        return;
    }
    if element.negated && policy_type != PolicyType::ResourceControl {
        negated(statement, element, &whole, findings);
    }
    if let Principals::ByKind(kinds) = &element.principals {
        for (kind, values) in kinds {
            let list = format!("{whole}/{}", kind.name());
            for (index, value) in values.items.iter().enumerate() {
                if let Some((code, message)) = fault(*kind, value) {
                    findings.add(code, values.pointer(&list, index), message);
                }
            }
        }
    }
}

fn is_everyone(element: &PrincipalElement) -> bool {
    match &element.principals {
        Principals::Everyone => true,
        Principals::ByKind(kinds) => kinds.iter().any(|(kind, values)| {
            *kind == PrincipalKind::Aws && values.items.iter().any(|value| value == "*")
        }),
    }
}

fn negated(statement: &Statement, element: &PrincipalElement, whole: &str, findings: &mut Findings) {
    if is_everyone(element) {
        let message = "NotPrincipal with * leaves nobody: the statement matches nothing";
        findings.add(Code::IneffectiveNot, whole, message);
    } else if statement.effect == Effect::Allow {
        let message = "grants to everyone who is not named, anonymous callers included; name whom to grant";
        findings.add(Code::NotPrincipalAllow, whole, message);
    }
}

fn fault(kind: PrincipalKind, value: &str) -> Option<(Code, String)> {
    let wrong = |what: &str| Some((Code::InvalidPrincipal, format!("{value:?}: {what}")));
    match kind {
        _ if value.is_empty() => wrong("names nobody"),
        PrincipalKind::Aws => aws_fault(value),
        PrincipalKind::Service if value == "*" || value.contains('.') => None,
        PrincipalKind::Service => wrong("a service principal looks like service.amazonaws.com"),
        PrincipalKind::Federated if value.starts_with("arn:") => {
            let is_provider = value.contains(":saml-provider/") || value.contains(":oidc-provider/");
            if is_provider {
                None
            } else {
                wrong("an identity provider's ARN has saml-provider or oidc-provider")
            }
        }
        PrincipalKind::Federated if value == "*" || value.contains('.') => None,
        PrincipalKind::Federated => wrong("a federated principal is a provider's ARN or domain name"),
        PrincipalKind::CanonicalUser if value == "*" => None,
        PrincipalKind::CanonicalUser => {
            let is_id = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_id { None } else { wrong("a canonical user id has 64 hexadecimal digits") }
        }
    }
}

fn aws_fault(value: &str) -> Option<(Code, String)> {
    let wrong = |what: &str| Some((Code::InvalidPrincipal, format!("{value:?}: {what}")));
    if value == "*" || (value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    if ["AIDA", "AROA", "AGPA", "ANPA"].iter().any(|start| value.starts_with(start)) && !value.contains(':') {
        let message =
            format!("{value:?} is the id of a deleted user or role; name the principal that is meant");
        return Some((Code::UniqueIdPrincipal, message));
    }
    if value.contains(['*', '?']) {
        return wrong("a principal takes no patterns; use * with a condition on aws:PrincipalArn");
    }
    if value.contains(char::is_whitespace) {
        return wrong("has white space in it; the names of principals have none");
    }
    if let Some(message) = arn::fault(value) {
        return Some((Code::InvalidPrincipal, message));
    }
    let Some(resource) = value.splitn(6, ':').nth(5) else {
        return wrong("is no account, ARN or *");
    };
    let kinds = ["root", "user/", "role/", "assumed-role/", "federated-user/"];
    if resource.starts_with("group/") {
        wrong("a group is no principal; name its users, or a role")
    } else if !kinds.iter().any(|kind| resource.starts_with(kind)) {
        wrong("only accounts, users, roles and their sessions are principals")
    } else {
        None
    }
}
