//! What somebody may do who has no second factor, or has not shown it ("AWS: Allows MFA-authenticated IAM users to manage
//! their own credentials" in the IAM User Guide).

use palisade_policy::actions::Action;

use super::Permission;
use super::held::Held;

const PRESENT: &str = "aws:MultiFactorAuthPresent";
const AGE: &str = "aws:MultiFactorAuthAge";

/// What setting up a second factor reads, and how a session begins that has one.
const READS: [&str; 9] = [
    "iam:GetAccountPasswordPolicy",
    "iam:GetMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "sts:DecodeAuthorizationMessage",
    "sts:GetAccessKeyInfo",
    "sts:GetCallerIdentity",
    "sts:GetSessionToken",
];
/// What it changes, of one's own user. Taking a device off is not among it: that would undo it.
const CHANGES: [&str; 4] =
    ["iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice"];

impl Held {
    /// Something that it may do without a second factor besides setting one up for itself.
    pub(super) fn beyond_setting_up_mfa(&self) -> Option<Permission> {
        // Requests that are signed by an access key lack the keys; sessions without a second factor say "false".
        let mut signed = self.clone();
        signed.context.mark_absent(PRESENT);
        signed.context.mark_absent(AGE);
        let mut session = signed.clone();
        session.context.set(PRESENT, "false");
        [signed, session].iter().find_map(Self::beyond_set_up)
    }

    fn beyond_set_up(&self) -> Option<Permission> {
        let is_read = |action: &Action<'_>| READS.contains(&action.full_name().as_str());
        let is_change = |action: &Action<'_>| CHANGES.contains(&action.full_name().as_str());
        self.first(
            |action| !is_read(action),
            |action, arn| !(is_change(action) && (arn == "*" || self.is_own(action, arn))),
        )
    }
}
