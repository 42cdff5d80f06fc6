//! Actions by what they lead to. Each list names what AWS's "Service Authorization Reference" has; a test holds them to it.

use std::sync::OnceLock;

use palisade_policy::actions::{AccessLevel, Action, table};
use palisade_policy::request::Action as Asked;

/// Actions that lead to the same, looked up once.
#[derive(Debug)]
pub(super) struct ActionClass {
    patterns: &'static [&'static str],
    keep: fn(&Action<'_>) -> bool,
    actions: OnceLock<Vec<(Action<'static>, Asked)>>,
}

impl ActionClass {
    /// The actions of some patterns.
    const fn of(patterns: &'static [&'static str]) -> Self {
        Self { patterns, keep: |_| true, actions: OnceLock::new() }
    }

    /// Those of them that change something.
    const fn changes(patterns: &'static [&'static str]) -> Self {
        Self { patterns, keep: is_change, actions: OnceLock::new() }
    }

    /// The actions, each also as it is asked for.
    pub(super) fn actions(&self) -> &[(Action<'static>, Asked)] {
        self.actions.get_or_init(|| {
            let all = self.patterns.iter().flat_map(|pattern| table().expand(pattern)).filter(self.keep);
            all.filter_map(|action| Some((action, Asked::parse(&action.full_name())?))).collect()
        })
    }
}

/// Whether an action changes more than tags. AWS files reading a policy under permissions management in places.
pub(super) fn is_change(action: &Action<'_>) -> bool {
    matches!(action.access_level(), AccessLevel::Write | AccessLevel::PermissionsManagement)
        && !action.name().starts_with("Get")
}

/// Reads whole stores of data or secrets, or copies them to where they can be read.
pub(super) static DATA_READS: ActionClass = ActionClass::of(&[
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:CopySnapshot",
    "ec2:CreateSnapshot",
    "rds:CopyDBClusterSnapshot",
    "rds:CopyDBSnapshot",
    "rds:CreateDBSnapshot",
    "rds:StartExportTask",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
]);

/// Changes the policy of a resource, or whom it is shared with.
pub(super) static EXPOSURES: ActionClass = ActionClass::of(&[
    "acm-pca:PutPolicy",
    "backup:PutBackupVaultAccessPolicy",
    "codeartifact:PutDomainPermissionsPolicy",
    "codeartifact:PutRepositoryPermissionsPolicy",
    "codebuild:PutResourcePolicy",
    "dynamodb:PutResourcePolicy",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ecr-public:SetRepositoryPolicy",
    "ecr:PutRegistryPolicy",
    "ecr:SetRepositoryPolicy",
    "elasticfilesystem:PutFileSystemPolicy",
    "events:PutPermission",
    "glacier:SetVaultAccessPolicy",
    "glue:PutResourcePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kinesis:PutResourcePolicy",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lambda:AddLayerVersionPermission",
    "lambda:AddPermission",
    "lambda:CreateFunctionUrlConfig",
    "logs:PutResourcePolicy",
    "ram:AssociateResourceShare",
    "ram:CreateResourceShare",
    "ram:UpdateResourceShare",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "redshift-serverless:PutResourcePolicy",
    "redshift:AuthorizeSnapshotAccess",
    "redshift:PutResourcePolicy",
    "s3:PutAccessPointPolicy",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutMultiRegionAccessPointPolicy",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "secretsmanager:PutResourcePolicy",
    "ses:PutIdentityPolicy",
    "sns:AddPermission",
    "sns:SetTopicAttributes",
    "sqs:AddPermission",
    "sqs:SetQueueAttributes",
    "ssm:ModifyDocumentPermission",
    "ssm:PutResourcePolicy",
]);

/// Hands out passwords, keys, tokens or sessions of others.
pub(super) static CREDENTIALS: ActionClass = ActionClass::of(&[
    "chime:CreateApiKey",
    "codeartifact:GetAuthorizationToken",
    "codepipeline:PollForJobs",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "ecr-public:GetAuthorizationToken",
    "ecr:GetAuthorizationToken",
    "gamelift:RequestUploadCredentials",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "rds-db:connect",
    "redshift-serverless:GetCredentials",
    "redshift:CreateClusterUser",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "snowball:GetJobUnlockCode",
    "sts:GetFederationToken",
]);

/// Turns what a key of KMS has encrypted into plain text, or into what another key can.
pub(super) static DECRYPTIONS: ActionClass =
    ActionClass::of(&["kms:CreateGrant", "kms:Decrypt", "kms:ReEncryptFrom"]);

/// Patterns of actions that switch off or blind logging and detection.
pub(super) static AUDIT_CHANGES: ActionClass = ActionClass::of(&[
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteEventDataStore",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopEventDataStoreIngestion",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:Delete*",
    "config:Stop*",
    "guardduty:Delete*",
    "guardduty:Disassociate*",
    "guardduty:StopMonitoringMembers",
    "guardduty:Update*",
    "securityhub:Disable*",
]);
/// The same, where applications do it to what is theirs: only on everything it means tampering.
pub(super) static LOG_DELETIONS: ActionClass = ActionClass::of(&["logs:DeleteLogGroup"]);

/// Agrees to terms and prices of products of others.
pub(super) static SUBSCRIPTIONS: ActionClass = ActionClass::of(&["aws-marketplace:Subscribe"]);

/// Carries files in and out of a shell in the console, past all other ways.
pub(super) static SHELL_TRANSFERS: ActionClass =
    ActionClass::of(&["cloudshell:GetFileDownloadUrls", "cloudshell:GetFileUploadUrls"]);

/// The services that decide what anybody may do.
pub(super) const SERVICES_OF_RIGHTS: [&str; 4] = ["account", "iam", "organizations", "sts"];

/// Makes users and roles, or gives them rights; each has the key `iam:PermissionsBoundary`.
pub(super) static BOUNDABLE_CHANGES: ActionClass = ActionClass::of(&[
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
]);
/// Takes permissions boundaries away.
pub(super) static BOUNDARY_REMOVALS: ActionClass =
    ActionClass::of(&["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]);

/// Actions, each with others that come to the same: who may not use the first uses one of them.
pub(super) const EQUIVALENTS: [(&str, &[&str]); 19] = [
    ("cloudtrail:DeleteTrail", &["cloudtrail:StopLogging"]),
    ("cloudtrail:StopLogging", &["cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors"]),
    ("config:StopConfigurationRecorder", &["config:DeleteConfigurationRecorder"]),
    ("dynamodb:DeleteItem", &["dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"]),
    (
        "dynamodb:GetItem",
        &["dynamodb:BatchGetItem", "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan"],
    ),
    ("ec2:RunInstances", &["ec2:RequestSpotFleet", "ec2:RequestSpotInstances"]),
    ("guardduty:DeleteDetector", &["guardduty:UpdateDetector"]),
    ("iam:AttachRolePolicy", &["iam:PutRolePolicy"]),
    ("iam:AttachUserPolicy", &["iam:PutUserPolicy"]),
    ("iam:PutRolePolicy", &["iam:AttachRolePolicy"]),
    ("iam:PutUserPolicy", &["iam:AttachUserPolicy"]),
    ("kms:Decrypt", &["kms:CreateGrant", "kms:ReEncryptFrom"]),
    ("kms:ScheduleKeyDeletion", &["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:PutKeyPolicy"]),
    ("s3:DeleteObject", &["s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"]),
    ("s3:GetObject", &["s3:GetObjectVersion"]),
    ("s3:PutBucketAcl", &["s3:PutBucketPolicy"]),
    ("s3:PutBucketPolicy", &["s3:PutBucketAcl"]),
    ("s3:PutObjectAcl", &["s3:PutObjectVersionAcl"]),
    ("ssm:GetParameter", &["ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"]),
];

/// The services by which bills, payments, taxes and the account itself are managed ("Migrating access control for AWS
/// Billing").
pub(super) static BILLING_CHANGES: ActionClass = ActionClass::changes(&[
    "account:*",
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "consolidatedbilling:*",
    "cur:*",
    "freetier:*",
    "invoicing:*",
    "payments:*",
    "purchase-orders:*",
    "tax:*",
]);

/// What the duties are told by that AWS has job functions for ("AWS managed policies for job functions"): paying bills,
/// writing and building code, and deploying, watching and changing what runs.
pub(super) static DUTIES: ActionClass = ActionClass::of(&[
    "autoscaling:UpdateAutoScalingGroup",
    "billing:UpdateBillingPreferences",
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:UpdateStack",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:PutMetricAlarm",
    "codeartifact:PublishPackageVersion",
    "codebuild:CreateProject",
    "codebuild:UpdateProject",
    "codecommit:CreateCommit",
    "codecommit:GitPush",
    "codedeploy:CreateDeployment",
    "ec2:RebootInstances",
    "ec2:RunInstances",
    "ec2:StopInstances",
    "ec2:TerminateInstances",
    "ecs:UpdateService",
    "elasticbeanstalk:UpdateEnvironment",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "payments:CreatePaymentInstrument",
    "payments:MakePayment",
    "payments:UpdatePaymentInstrument",
    "payments:UpdatePaymentPreferences",
    "rds:DeleteDBInstance",
    "rds:ModifyDBInstance",
    "ssm:SendCommand",
    "ssm:StartSession",
    "tax:PutTaxRegistration",
]);

/// Changes users, groups, roles and policies, or the organization.
pub(super) static IDENTITY_CHANGES: ActionClass = ActionClass::changes(&["iam:*", "organizations:*"]);

/// The same, and what leads to the rights of others.
pub(super) static RIGHTS_CHANGES: ActionClass =
    ActionClass::changes(&["iam:*", "organizations:*", "sts:AssumeRole", "sts:AssumeRoot"]);

/// Changes the password, the keys, certificates or MFA devices of a user. Who changes a password with
/// `iam:ChangePassword` can only mean his own.
pub(super) static CREDENTIAL_CHANGES: ActionClass = ActionClass::of(&[
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:DeactivateMFADevice",
    "iam:DeleteAccessKey",
    "iam:DeleteLoginProfile",
    "iam:DeleteSSHPublicKey",
    "iam:DeleteServiceSpecificCredential",
    "iam:DeleteSigningCertificate",
    "iam:EnableMFADevice",
    "iam:ResetServiceSpecificCredential",
    "iam:ResyncMFADevice",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
    "iam:UpdateSSHPublicKey",
    "iam:UpdateServiceSpecificCredential",
    "iam:UpdateSigningCertificate",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
]);

/// Reads or changes objects of S3, or their settings.
pub(super) static OBJECT_ACTIONS: ActionClass =
    ActionClass::of(&["s3:*Object", "s3:*ObjectVersion", "s3:*ObjectAcl"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_and_service_is_one_of_aws() {
        let classes = [
            &DATA_READS,
            &EXPOSURES,
            &CREDENTIALS,
            &DECRYPTIONS,
            &AUDIT_CHANGES,
            &LOG_DELETIONS,
            &SUBSCRIPTIONS,
            &SHELL_TRANSFERS,
            &BOUNDABLE_CHANGES,
            &BOUNDARY_REMOVALS,
            &BILLING_CHANGES,
            &DUTIES,
            &IDENTITY_CHANGES,
            &RIGHTS_CHANGES,
            &CREDENTIAL_CHANGES,
            &OBJECT_ACTIONS,
        ];
        let named = classes.iter().flat_map(|class| class.patterns.iter().copied());
        let equivalents =
            EQUIVALENTS.iter().flat_map(|(denied, others)| others.iter().copied().chain([*denied]));
        for pattern in named.chain(equivalents) {
            assert!(table().expand(pattern).next().is_some(), "{pattern}");
        }
        for service in SERVICES_OF_RIGHTS {
            assert!(table().service(service).is_some(), "{service}");
        }
    }
}
