//! On whose behalf services can assume a role.

use std::sync::Arc;

use palisade_policy::document::PolicyDocument;
use palisade_policy::public::{roles_anywhere_trust, service_trusts};

use super::trust::TrustAccess;
use crate::context::Context;
use crate::facts;

facts! {
    /// An AWS service that can assume a role.
    pub struct ServiceTrust as "service_trust" {
        /// The service, such as `states.amazonaws.com`.
        service: String, reads [];
        /// Whether AWS documents that the service says for which account or resource it assumes a role, so that a
        /// trust policy can ask for it.
        sends_source: bool, reads [];
        /// Whether it can assume the role while it works for another account, or does not say for which.
        strangers: TrustAccess, reads [];
    }
}

facts! {
    /// Whose certificates let somebody assume a role by IAM Roles Anywhere.
    pub struct RolesAnywhereTrust as "roles_anywhere_trust" {
        /// Whether certificates under a trust anchor do that the trust policy does not name.
        any_anchor: TrustAccess, reads [];
        /// Whether certificates do of which the trust policy asks no attribute.
        any_certificate: TrustAccess, reads [];
    }
}

/// The services of which AWS documents that a role's trust policy can ask for `aws:SourceArn` or `aws:SourceAccount`,
/// with the page that shows such a policy. Others may not send these keys, and a policy that asks for them locks them
/// out.
const SENDS_SOURCE: [(&str, &str); 11] = [
    (
        "autoscaling.amazonaws.com",
        "Cross-service confused deputy prevention, Amazon EC2 Auto Scaling User Guide",
    ),
    ("bedrock.amazonaws.com", "Cross-service confused deputy prevention, Amazon Bedrock User Guide"),
    ("codebuild.amazonaws.com", "Cross-service confused deputy prevention, AWS CodeBuild User Guide"),
    (
        "config.amazonaws.com",
        "Permissions for the IAM role assigned to AWS Config, AWS Config Developer Guide",
    ),
    ("ecs-tasks.amazonaws.com", "Amazon ECS task IAM role, Amazon ECS Developer Guide"),
    (
        "personalize.amazonaws.com",
        "Cross-service confused deputy prevention, Amazon Personalize Developer Guide",
    ),
    ("pipes.amazonaws.com", "Amazon EventBridge Pipes permissions, Amazon EventBridge User Guide"),
    ("scheduler.amazonaws.com", "Confused deputy prevention, EventBridge Scheduler User Guide"),
    ("ssm.amazonaws.com", "Setting up Automation, AWS Systems Manager User Guide"),
    (
        "states.amazonaws.com",
        "Creating an IAM role for your state machine, AWS Step Functions Developer Guide",
    ),
    ("vpc-flow-logs.amazonaws.com", "IAM role for publishing flow logs, Amazon VPC User Guide"),
];

fn sends_source(service: &str) -> bool {
    SENDS_SOURCE.iter().any(|(known, _)| *known == service)
}

/// The services that a trust policy lets in.
pub(super) fn of_document(
    context: &Arc<Context>,
    role: &str,
    document: &PolicyDocument,
) -> Vec<ServiceTrust> {
    let header = &context.shared.header;
    let found = service_trusts(document, role, &header.account_id, &header.partition);
    let fact = |one: palisade_policy::public::ServiceTrust| ServiceTrust {
        sends_source: sends_source(&one.service),
        strangers: TrustAccess::of(document, &one.strangers),
        service: one.service,
    };
    found.into_iter().map(fact).collect()
}

/// Whose certificates a trust policy lets in.
pub(super) fn roles_anywhere(
    context: &Arc<Context>,
    role: &str,
    document: &PolicyDocument,
) -> Option<RolesAnywhereTrust> {
    let header = &context.shared.header;
    let found = roles_anywhere_trust(document, role, &header.account_id, &header.partition)?;
    Some(RolesAnywhereTrust {
        any_anchor: TrustAccess::of(document, &found.any_anchor),
        any_certificate: TrustAccess::of(document, &found.any_certificate),
    })
}
