//! On whose behalf services can assume a role: the confused deputy problem.

use crate::context::ContextValue;
use crate::document::{PolicyDocument, PrincipalKind};
use crate::principal::Principal;

use super::domain::{Candidate, Reach, fill, is_owners};
use super::federation::TrustAccess;
use super::scene::{Policy, Scene};
use super::trust::{ASSUME, Question, somebody, way_in};

/// The service that gives roles to workloads with a certificate ("IAM Roles Anywhere").
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";
/// The session tags that it makes of a certificate ("Trust policy" in the IAM Roles Anywhere User Guide).
const CERTIFICATE_TAGS: &str = "aws:principaltag/x509";
const SOURCE_ARN: &str = "aws:sourcearn";

/// An AWS service that can assume a role.
#[derive(Debug, Clone)]
pub struct ServiceTrust {
    /// The service, as the policy names it.
    pub service: String,
    /// Whether it can while it works for another account, or does not say for which.
    pub strangers: TrustAccess,
}

/// Whose certificates let somebody assume a role.
#[derive(Debug, Clone)]
pub struct RolesAnywhereTrust {
    /// Whether certificates under a trust anchor that the policy does not name do.
    pub any_anchor: TrustAccess,
    /// Whether certificates do of which the policy asks no attribute.
    pub any_certificate: TrustAccess,
}

/// Works out on whose behalf each service that a trust policy lets in can assume a role in `account`.
#[must_use]
pub fn service_trusts(
    document: &PolicyDocument,
    role_arn: &str,
    account: &str,
    partition: &str,
) -> Vec<ServiceTrust> {
    let policy = Policy::new("trust_policy", document);
    let question = Question { policy: &policy, role_arn, account, partition };
    let scene = question.scene_of_providers();
    let of = |service: String| {
        let strangers = ask(&scene, &service, |key, domains| {
            if is_source(key) {
                domains.retain(|one| one.reach == Reach::Anybody && !is_of(one, account));
            }
        });
        ServiceTrust { service, strangers }
    };
    question.named(PrincipalKind::Service).into_iter().map(of).collect()
}

/// Works out whose certificates let somebody assume a role in `account`; `None` if none do.
#[must_use]
pub fn roles_anywhere_trust(
    document: &PolicyDocument,
    role_arn: &str,
    account: &str,
    partition: &str,
) -> Option<RolesAnywhereTrust> {
    let policy = Policy::new("trust_policy", document);
    let question = Question { policy: &policy, role_arn, account, partition };
    question.named(PrincipalKind::Service).into_iter().find(|service| service == ROLES_ANYWHERE)?;
    let scene = question.scene_of_providers();
    let another = format!("arn:{partition}:rolesanywhere:us-east-1:{account}:trust-anchor/any-anchor");
    let any_anchor = ask(&scene, ROLES_ANYWHERE, |key, domain| match key {
        SOURCE_ARN => {
            let patterns = asked(&scene, key).filter(|value| !names_anchor(value));
            let fitting = patterns.map(|value| fill(value, "any", &scene.context));
            *domain = std::iter::once(another.clone()).chain(fitting).map(brought).collect();
            domain.insert(0, Candidate { value: None, reach: Reach::Anybody });
        }
        // It always works for the account that the trust anchor is in.
        "aws:sourceaccount" => domain.insert(0, brought(account.to_owned())),
        _ => {}
    });
    let any_certificate = ask(&scene, ROLES_ANYWHERE, |key, domain| {
        if key.starts_with(CERTIFICATE_TAGS) {
            let is_open = |value: &&String| value.chars().all(|one| matches!(one, '*' | '?'));
            let open = asked(&scene, key).filter(is_open);
            let fitting: Vec<String> = open.map(|value| fill(value, "any", &scene.context)).collect();
            *domain = std::iter::once("any".to_owned()).chain(fitting).map(brought).collect();
            domain.insert(0, Candidate { value: None, reach: Reach::Anybody });
        } else if is_source(key) {
            domain.iter_mut().for_each(|one| one.reach = Reach::Anybody);
        }
    });
    Some(RolesAnywhereTrust { any_anchor, any_certificate })
}

/// Whether a service gets in with the values that `limit` leaves to each condition key.
fn ask(scene: &Scene<'_>, service: &str, limit: impl Fn(&str, &mut Vec<Candidate>)) -> TrustAccess {
    let principal = if service == "*" { "service.amazonaws.com" } else { service };
    let mut callers = scene.with_domains(vec![somebody(Principal::service(principal))]);
    for (_, domains) in &mut callers {
        domains.iter_mut().for_each(|(key, domain)| limit(key, domain));
    }
    TrustAccess::of(way_in(scene, ASSUME, &callers))
}

/// Whether a condition key says for whom a service works.
fn is_source(key: &str) -> bool {
    matches!(
        key,
        "aws:sourceaccount" | SOURCE_ARN | "aws:sourceorgid" | "aws:sourceorgpaths" | "aws:sourceowner"
    )
}

/// The values that conditions ask of a key.
fn asked<'s>(scene: &'s Scene<'_>, key: &'s str) -> impl Iterator<Item = &'s String> {
    let conditions = scene.conditions().into_iter().map(|condition| &condition.source);
    conditions.filter(move |one| one.key.eq_ignore_ascii_case(key)).flat_map(|one| &one.values.items)
}

fn is_of(candidate: &Candidate, account: &str) -> bool {
    match &candidate.value {
        Some(ContextValue::Single(value)) => is_owners(value, Some(account)),
        Some(ContextValue::Many(values)) => values.iter().any(|value| is_owners(value, Some(account))),
        None => false,
    }
}

fn brought(value: String) -> Candidate {
    Candidate { value: Some(ContextValue::Single(value)), reach: Reach::Anybody }
}

/// Whether a value names one trust anchor, in whatever region.
fn names_anchor(value: &str) -> bool {
    value.split_once(":trust-anchor/").is_some_and(|(_, id)| !id.is_empty() && !id.contains(['*', '?', '$']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::Access;

    fn document(service: &str, condition: &str) -> PolicyDocument {
        PolicyDocument::from_text(&format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Service": ["{service}"]}},
                "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], "Condition": {condition}}}]}}"#
        ))
        .unwrap()
    }

    const ROLE: &str = "arn:aws:iam::111122223333:role/r";

    #[test]
    fn a_service_works_for_strangers_unless_account_or_resource_is_fixed() {
        for (condition, expected) in [
            ("{}", Access::Yes),
            (r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, Access::No),
            (r#"{"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}"#, Access::No),
            (
                r#"{"StringEquals": {"aws:SourceArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:x"}}"#,
                Access::No,
            ),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:states:*:111122223333:*"}}"#, Access::No),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:x"}}"#, Access::Yes),
            (r#"{"StringEquals": {"aws:SourceOrgID": "o-1234567890"}}"#, Access::No),
            (r#"{"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}"#, Access::Yes),
            (r#"{"StringNotEquals": {"aws:SourceAccount": "444455556666"}}"#, Access::Yes),
        ] {
            let found =
                service_trusts(&document("states.amazonaws.com", condition), ROLE, "111122223333", "aws");
            assert_eq!(found[0].strangers.access, expected, "{condition}");
        }
    }

    #[test]
    fn anchors_and_certificates_are_asked_one_by_one() {
        let anchor = "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/1f0e";
        let any = "arn:aws:rolesanywhere:*:111122223333:trust-anchor/*";
        for (condition, any_anchor, any_certificate) in [
            ("{}".to_owned(), Access::Yes, Access::Yes),
            (format!(r#"{{"ArnEquals": {{"aws:SourceArn": "{anchor}"}}}}"#), Access::No, Access::Yes),
            (format!(r#"{{"ArnLike": {{"aws:SourceArn": "{any}"}}}}"#), Access::Yes, Access::Yes),
            (
                r#"{"StringEquals": {"aws:SourceAccount": "111122223333", "aws:PrincipalTag/x509Subject/CN": "web"}}"#.to_owned(),
                Access::Yes,
                Access::No,
            ),
            (r#"{"StringLike": {"aws:PrincipalTag/x509Subject/CN": "*"}}"#.to_owned(), Access::Yes, Access::Yes),
        ] {
            let document = document(ROLES_ANYWHERE, &condition);
            let found = roles_anywhere_trust(&document, ROLE, "111122223333", "aws").unwrap();
            assert_eq!(found.any_anchor.access, any_anchor, "{condition}");
            assert_eq!(found.any_certificate.access, any_certificate, "{condition}");
        }
        let other = document("ec2.amazonaws.com", "{}");
        assert!(roles_anywhere_trust(&other, ROLE, "111122223333", "aws").is_none());
    }
}
