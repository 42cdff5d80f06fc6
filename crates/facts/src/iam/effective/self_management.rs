//! Managing one's own user and assuming roles ("AWS: Allows IAM users to manage their own credentials and MFA
//! devices" in the IAM User Guide).

use palisade_policy::actions::{AccessLevel, Action};
use palisade_policy::context::ContextValue;

use super::Permission;
use super::held::Held;

/// Actions of STS that give nothing but sessions, and say who one is.
const SESSIONS: [&str; 9] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetSessionToken",
    "SetSourceIdentity",
    "TagSession",
];
/// What the console reads before it shows a user his own page, of the whole account.
const CONSOLE_READS: [&str; 6] = [
    "GetAccountPasswordPolicy",
    "GetAccountSummary",
    "ListAccountAliases",
    "ListGroups",
    "ListUsers",
    "ListVirtualMFADevices",
];
/// What somebody does with his own user's credentials.
const OWN_CREDENTIALS: [&str; 24] = [
    "ChangePassword",
    "CreateAccessKey",
    "CreateLoginProfile",
    "CreateServiceSpecificCredential",
    "CreateVirtualMFADevice",
    "DeactivateMFADevice",
    "DeleteAccessKey",
    "DeleteLoginProfile",
    "DeleteSSHPublicKey",
    "DeleteServiceSpecificCredential",
    "DeleteSigningCertificate",
    "DeleteVirtualMFADevice",
    "EnableMFADevice",
    "ResetServiceSpecificCredential",
    "ResyncMFADevice",
    "TagMFADevice",
    "UntagMFADevice",
    "UpdateAccessKey",
    "UpdateLoginProfile",
    "UpdateSSHPublicKey",
    "UpdateServiceSpecificCredential",
    "UpdateSigningCertificate",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
];

impl Held {
    /// Something that it may do besides managing its own user and assuming roles.
    pub(super) fn beyond_self_management(&self) -> Option<Permission> {
        self.first(|action| !is_harmless(action), |action, arn| !self.is_own(action, arn))
    }

    /// Whether a request is about the caller's own credentials. A virtual MFA device may have any name: one that
    /// is in use belongs to its user.
    pub(super) fn is_own(&self, action: &Action<'_>, arn: &str) -> bool {
        if action.service().prefix() != "iam" {
            return false;
        }
        let is_reading = matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
        if !is_reading && !OWN_CREDENTIALS.contains(&action.name()) {
            return false;
        }
        let name = arn.splitn(6, ':').nth(5).unwrap_or_default();
        let is_own_name = match self.context.get("aws:username") {
            Some(ContextValue::Single(own)) => name.strip_prefix("user/") == Some(own.as_str()),
            _ => false,
        };
        is_own_name || arn == self.principal.as_text() || name.starts_with("mfa/")
    }
}

/// Whether an action changes something that somebody does to his own user's credentials.
pub(crate) fn is_of_own_credentials(action: &Action<'_>) -> bool {
    action.service().prefix() == "iam" && OWN_CREDENTIALS.contains(&action.name())
}

/// Whether an action harms nobody, whatever it is used on.
fn is_harmless(action: &Action<'_>) -> bool {
    match action.service().prefix() {
        "sts" => SESSIONS.contains(&action.name()),
        "iam" => CONSOLE_READS.contains(&action.name()),
        _ => false,
    }
}
