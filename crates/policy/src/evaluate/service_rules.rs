//! What single services do differently, and what AWS decides whatever the policies say.

use super::answer::Decision;
use crate::actions;
use crate::principal::PrincipalType;
use crate::request::Request;

/// STS actions on a role: its trust policy must allow them.
const ACTIONS_ON_TRUST: [&str; 5] =
    ["assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "setsourceidentity", "tagsession"];

/// A decision that policies have no part in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ruling {
    pub(super) decision: Decision,
    /// Why, in one sentence.
    pub(super) rule: &'static str,
}

/// Whether RCPs count for what is asked ("Resource control policies (RCPs)": list of services that support RCPs,
/// resources and entities not restricted by RCPs). They leave `kms:RetireGrant` alone, whatever their actions, and the
/// trust policies of service-linked roles.
pub(super) fn is_within_rcps(request: Request<'_>) -> bool {
    let is_service_linked_role = request.resource.name().starts_with("role/aws-service-role/");
    supports_rcps(request.action.service())
        && !request.action.is("kms", "retiregrant")
        && !(request.action.service() == "sts" && is_service_linked_role)
}

fn supports_rcps(service: &str) -> bool {
    actions::table().service(service).is_some_and(actions::Service::supports_resource_control_policies)
}

/// Whether identity policies count only if the resource's own policy names the account: KMS keys ("Key policies in
/// AWS KMS") and roles that are assumed ("How IAM roles differ from resource-based policies"). Without such a policy
/// the request is refused.
pub(super) fn needs_resource_policy(request: Request<'_>) -> bool {
    let name = request.resource.name();
    match request.action.service() {
        "kms" => name.starts_with("key/"),
        "sts" => ACTIONS_ON_TRUST.contains(&request.action.name()) && name.starts_with("role/"),
        _ => false,
    }
}

/// What AWS decides by itself.
pub(super) fn ruling(request: Request<'_>) -> Option<Ruling> {
    if let Some(rule) = refusal(request) {
        return Some(Ruling { decision: Decision::ImplicitlyDenied, rule });
    }
    needs_no_permission(request).map(|rule| Ruling { decision: Decision::Allowed, rule })
}

fn refusal(request: Request<'_>) -> Option<&'static str> {
    let name = request.resource.name();
    let action = request.action.name();
    match request.action.service() {
        "iam" if name.starts_with("policy/") && request.resource.arn().contains(":iam::aws:policy/") => {
            changes_iam(action).then_some("AWS-managed policies cannot be changed")
        }
        "iam" if name.starts_with("role/aws-reserved/") => {
            changes_iam(action).then_some("roles under aws-reserved can be changed by AWS only")
        }
        "iam" if name.starts_with("role/aws-service-role/") => {
            // Creating one, deleting it through its service and editing its description are for customers.
            const PERMITTED: [&str; 4] =
                ["createservicelinkedrole", "deleteservicelinkedrole", "updaterole", "updateroledescription"];
            (changes_iam(action) && !PERMITTED.contains(&action))
                .then_some("service-linked roles can be changed by their service only")
        }
        "kms" if name.starts_with("alias/aws/") => {
            const CHANGES: [&str; 3] = ["createalias", "deletealias", "updatealias"];
            CHANGES.contains(&action).then_some("aliases that begin with aws/ are reserved for AWS")
        }
        "sts" if action == "assumerole" && *request.principal.kind() == PrincipalType::Root => {
            Some("the root user cannot assume roles")
        }
        _ => None,
    }
}

/// Whether an IAM action changes what it acts on. `PassRole` does not: it uses a role as it is.
fn changes_iam(action: &str) -> bool {
    const READS: [&str; 4] = ["get", "list", "generate", "simulate"];
    !READS.iter().any(|prefix| action.starts_with(prefix)) && action != "passrole"
}

fn needs_no_permission(request: Request<'_>) -> Option<&'static str> {
    let kind = request.principal.kind();
    if request.action.is("sts", "getcalleridentity") && *kind != PrincipalType::Anonymous {
        // "If an administrator attaches a policy to your identity that explicitly denies access to the
        // sts:GetCallerIdentity action, you can still perform this operation" (API reference, GetCallerIdentity).
        return Some("sts:GetCallerIdentity needs no permission and cannot be denied");
    }
    let authenticates = matches!(kind, PrincipalType::User { .. } | PrincipalType::Root);
    if request.action.is("sts", "getsessiontoken") && authenticates {
        // "You can include the GetSessionToken action in your policies, but it has no effect" ("Permissions for
        // GetSessionToken").
        return Some("sts:GetSessionToken needs no permission and cannot be denied");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rcps_count_for_the_services_that_aws_lists() {
        let listed = [
            "aoss",
            "cognito-identity",
            "cognito-idp",
            "dynamodb",
            "ecr",
            "kms",
            "logs",
            "s3",
            "secretsmanager",
            "sqs",
            "sts",
        ];
        for service in listed {
            assert!(supports_rcps(service), "{service}");
        }
        assert!(!supports_rcps("iam") && !supports_rcps("no-such-service"));
    }
}
