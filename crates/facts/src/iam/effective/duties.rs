//! What somebody may do that is kept for few: bills, rights of others, sessions that outlive keys.

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::Effect;

use super::action_classes::{BILLING_CHANGES, DUTIES, IDENTITY_CHANGES, RIGHTS_CHANGES};
use super::held::Held;
use super::{PERMISSION_EDITS, Permission};

impl Held {
    /// The changing actions by which bills, payments, taxes and the account itself are managed, allowed on some resource.
    pub(super) fn billing_changes(&self) -> Vec<Permission> {
        self.those_somewhere(&BILLING_CHANGES)
    }

    /// The actions by which duties are told, allowed on some resource.
    pub(crate) fn duty_actions(&self) -> Vec<Permission> {
        self.those_somewhere(&DUTIES)
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

    /// The changes of identities and their rights, and the assuming of roles, that are allowed on something in requests
    /// that are signed by an access key.
    pub(super) fn rights_changes_by_key(&self) -> Vec<Permission> {
        self.signed_by_key().those_somewhere(&RIGHTS_CHANGES)
    }

    /// The changes of permissions that are allowed everywhere without MFA, in the console or with an access key.
    pub(super) fn edits_without_mfa(&self) -> Vec<Permission> {
        let mut found = self.in_session_without_mfa().everywhere(&PERMISSION_EDITS);
        let others = self.signed_by_key().everywhere(&PERMISSION_EDITS).into_iter();
        let new: Vec<Permission> =
            others.filter(|one| found.iter().all(|known| known.action != one.action)).collect();
        found.extend(new);
        found
    }
}

/// Whether an Allow statement of a policy is about an action by which duties are told: without one, nothing need be asked.
pub(crate) fn mentions_duties(policy: &CompiledPolicy) -> bool {
    let allows = || policy.statements().iter().filter(|one| one.effect() == Effect::Allow);
    DUTIES.actions().iter().any(|(_, asked)| allows().any(|one| one.is_about(asked)))
}
