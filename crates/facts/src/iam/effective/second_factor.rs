//! What somebody may do who has no second factor, or has not shown it ("AWS: Allows MFA-authenticated IAM users to manage
//! their own credentials" in the IAM User Guide).

use std::sync::{Arc, OnceLock};

use palisade_policy::actions::Action;

use super::Permission;
use super::held::Held;

const PRESENT: &str = "aws:MultiFactorAuthPresent";
const AGE: &str = "aws:MultiFactorAuthAge";

/// What each user may do without a second factor, by his place, worked out once: the facts of his groups ask for it too.
#[derive(Debug, Clone)]
pub(crate) struct WithoutSecondFactor(Arc<[OnceLock<Option<Arc<Permission>>>]>);

impl WithoutSecondFactor {
    /// Of so many users.
    pub(crate) fn new(users: usize) -> Self {
        Self((0..users).map(|_| OnceLock::new()).collect())
    }

    /// Something that the user of that place may do, who holds this.
    pub(crate) fn of(&self, user: usize, held: &Held) -> Option<Arc<Permission>> {
        let ask = || held.beyond_setting_up_mfa().map(Arc::new);
        self.0.get(user).map_or_else(ask, |cell| cell.get_or_init(ask).clone())
    }
}

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
    pub(crate) fn beyond_setting_up_mfa(&self) -> Option<Permission> {
        [self.signed_by_key(), self.in_session_without_mfa()].iter().find_map(Self::beyond_set_up)
    }

    /// The same in requests that are signed by an access key: they lack the keys of the second factor ("AWS global
    /// condition context keys").
    pub(super) fn signed_by_key(&self) -> Self {
        self.knowing(|request| {
            request.mark_absent(PRESENT);
            request.mark_absent(AGE);
        })
    }

    /// The same in sessions that began without a second factor: these say so.
    pub(super) fn in_session_without_mfa(&self) -> Self {
        self.knowing(|request| {
            request.set(PRESENT, "false");
            request.mark_absent(AGE);
        })
    }

    /// The same in sessions that began with a second factor a moment ago.
    pub(super) fn in_session_with_mfa(&self) -> Self {
        self.knowing(|request| {
            request.set(PRESENT, "true");
            request.set(AGE, "1");
        })
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
