//! Which roles a user or role can make his own: make, give rights to, or open to somebody else.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use super::Permission;
use super::effective::Held;
use super::role::is_aws_owned;
use crate::context::Context;
use crate::identities::Identity;
use crate::{Access, Known, Listed, facts};

facts! {
    /// A role that somebody can make, give rights to, or open to somebody else.
    pub struct RoleWrite as "role_write" {
        /// The role's name; `*` if it is every role.
        role: String, reads [];
        /// Whether `palisade.toml` declares the role to be for emergencies.
        for_emergencies: bool, reads [];
        /// What lets him, with the fewest conditions: an action of IAM.
        action: String, reads [];
        /// Whether he can without conditions that he does not choose himself.
        access: Access, reads [];
        /// These conditions, as text.
        conditions: Vec<String>, reads [];
    }
}

/// What changes whom a role lets in, or what it may do.
const ROLE_CHANGES: [&str; 4] =
    ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"];
/// What changes what every role may do that has the policy.
const POLICY_CHANGE: &str = "iam:CreatePolicyVersion";
/// The name of every role.
const EVERY_ROLE: &str = "*";

/// Every role at once, if he can change all of them without conditions, or else role by role; those of AWS services and
/// IAM Identity Center can't be changed there.
pub(crate) fn of(context: &Arc<Context>, identity: Identity) -> Listed<RoleWrite> {
    let held = match Held::of(context, identity) {
        Known::Known(held) => held,
        Known::Unknown(missing) => {
            return Listed::unknown(match context.incomplete(RecordKind::Role) {
                Some(other) => missing.and(&other),
                None => missing,
            });
        }
    };
    let everywhere = ROLE_CHANGES.iter().chain([&POLICY_CHANGE]).filter_map(|one| held.may_everywhere(one));
    let everywhere = strongest(everywhere).map(|found| write(EVERY_ROLE, false, found));
    if everywhere.as_ref().is_some_and(|one| one.access == Access::Yes) {
        return Listed::complete(everywhere.into_iter().collect());
    }
    let changes: Vec<_> = ROLE_CHANGES.iter().filter_map(|action| held.may_on_some(action)).collect();
    let roles = context.shared.roles.iter().filter(|role| !changes.is_empty() && !is_aws_owned(&role.path));
    let single = roles.filter_map(|role| {
        let resource = held.resource(&role.arn);
        let found = changes.iter().filter_map(|may| may(&resource));
        let for_emergencies = context.declarations.is_emergency_role(&role.name);
        strongest(found).map(|found| write(&role.name, for_emergencies, found))
    });
    Listed {
        items: everywhere.into_iter().chain(single).collect(),
        incomplete: context.incomplete(RecordKind::Role),
    }
}

/// The first of those with the fewest conditions.
fn strongest(found: impl Iterator<Item = Permission>) -> Option<Permission> {
    found.reduce(|best, other| if other.access > best.access { other } else { best })
}

fn write(role: &str, for_emergencies: bool, found: Permission) -> RoleWrite {
    RoleWrite {
        role: role.to_owned(),
        for_emergencies,
        action: found.action,
        access: found.access,
        conditions: found.conditions,
    }
}
