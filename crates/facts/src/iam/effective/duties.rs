//! What somebody may do that is kept for few: bills, rights of others, sessions that outlive keys.

use palisade_policy::context::Context as RequestContext;

use super::action_classes::{BILLING_CHANGES, IDENTITY_CHANGES};
use super::held::Held;
use super::{PERMISSION_EDITS, Permission};

const MFA: &str = "aws:MultiFactorAuthPresent";
const MFA_AGE: &str = "aws:MultiFactorAuthAge";

impl Held {
    /// The changing actions by which bills, payments, taxes and the account itself are managed, allowed on some resource.
    pub(super) fn billing_changes(&self) -> Vec<Permission> {
        self.those_somewhere(&BILLING_CHANGES)
    }

    /// The changing actions of IAM and AWS Organizations, allowed on something else than its own credentials. Roles of
    /// AWS services, and handing named roles to services, are left out.
    pub(super) fn identity_changes(&self) -> Vec<Permission> {
        let allowed = self.mentioned(&IDENTITY_CHANGES).filter_map(|action| match action.name() {
            "CreateServiceLinkedRole" | "DeleteServiceLinkedRole" => None,
            "PassRole" => self.on_every(action),
            _ => self.on_some(action, |arn| !self.is_own(action, arn)),
        });
        allowed.collect()
    }

    /// The changes of permissions that are allowed everywhere in a session without MFA, whether it began in the console
    /// or with an access key ("AWS global condition context keys": the key is false in the one and missing in the other).
    pub(super) fn edits_without_mfa(&self) -> Vec<Permission> {
        let signed_in = self.knowing(|request| {
            request.set(MFA, "false");
            request.mark_absent(MFA_AGE);
        });
        let by_key = self.knowing(|request: &mut RequestContext| {
            request.mark_absent(MFA);
            request.mark_absent(MFA_AGE);
        });
        let mut found = signed_in.everywhere(&PERMISSION_EDITS);
        let others = by_key.everywhere(&PERMISSION_EDITS).into_iter();
        let new: Vec<Permission> =
            others.filter(|one| found.iter().all(|known| known.action != one.action)).collect();
        found.extend(new);
        found
    }
}
