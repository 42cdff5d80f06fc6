//! The managed policies.

use palisade_snapshot::{AttachedPolicy, ManagedPolicy, PolicyVersion};
use serde_json::{Value, json};

use super::ACCOUNT;

/// Everything.
pub(crate) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
/// One's own password.
pub(crate) const CHANGE_PASSWORD: &str = "arn:aws:iam::aws:policy/IAMUserChangePassword";
/// Push and pull images.
pub(crate) const REGISTRY_POWER_USER: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser";
/// Logs of functions.
pub(crate) const LAMBDA_LOGS: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

/// The ARN of a policy of the account.
pub(crate) fn own(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{name}")
}

pub(crate) fn attached(arn: &str) -> AttachedPolicy {
    AttachedPolicy { name: arn.rsplit('/').next().unwrap().to_owned(), arn: arn.to_owned() }
}

pub(super) fn policies() -> Vec<ManagedPolicy> {
    let star = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    vec![
        policy(ADMINISTRATOR, "ANPAIWMBCKSKIEE64ZLYK", 2, &star),
        policy(CHANGE_PASSWORD, "ANPAJ4L4MM2A7QIEB56MS", 1, &change_password()),
        policy(REGISTRY_POWER_USER, "ANPAJDNE5PIHROIBGGDDW", 1, &registry_power_user()),
        policy(LAMBDA_LOGS, "ANPAJNCQGXC42545SKXIK", 1, &lambda_logs()),
        // A "temporary" full administration that stayed.
        policy(&own("deploy-all"), "ANPA1EXAMPLEDEPLOYALL", 1, &star),
        policy(&own("infra-AssumeRoleP"), "ANPA1EXAMPLEASSUMERO", 1, &assume_role()),
        policy(&own("infra-ManageOwnUserP"), "ANPA1EXAMPLEMANAGEOW", 1, &manage_own_user()),
    ]
}

fn policy(arn: &str, id: &str, attachments: u32, document: &Value) -> ManagedPolicy {
    let (head, name) = arn.rsplit_once('/').unwrap();
    ManagedPolicy {
        arn: arn.to_owned(),
        name: name.to_owned(),
        id: id.to_owned(),
        path: head.split_once('/').map_or("/".to_owned(), |(_, path)| format!("/{path}/")),
        attachment_count: attachments,
        boundary_usage_count: 0,
        default_version_id: "v1".to_owned(),
        versions: vec![PolicyVersion { id: "v1".to_owned(), document: document.to_string() }],
    }
}

fn change_password() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["iam:ChangePassword"], "Resource": ["arn:aws:iam::*:user/${aws:username}"] },
        { "Effect": "Allow", "Action": ["iam:GetAccountPasswordPolicy"], "Resource": "*" },
    ]})
}

fn registry_power_user() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Resource": "*", "Action": [
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
        "ecr:GetRepositoryPolicy", "ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages",
        "ecr:BatchGetImage", "ecr:GetLifecyclePolicy", "ecr:GetLifecyclePolicyPreview", "ecr:ListTagsForResource",
        "ecr:DescribeImageScanFindings", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload", "ecr:PutImage",
    ]}]})
}

fn lambda_logs() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Resource": "*", "Action": [
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
    ]}]})
}

fn assume_role() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "AssumeWithMfa", "Effect": "Allow", "Action": "sts:AssumeRole",
        "Resource": format!("arn:aws:iam::{ACCOUNT}:role/infra-*"),
        "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } },
    }]})
}

fn manage_own_user() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "OwnUser", "Effect": "Allow",
        "Action": [
            "iam:ChangePassword", "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:EnableMFADevice",
            "iam:GetUser", "iam:ListAccessKeys", "iam:ListMFADevices", "iam:ResyncMFADevice", "iam:UpdateAccessKey",
        ],
        "Resource": format!("arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"),
    }]})
}
