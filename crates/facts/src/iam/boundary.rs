//! Permissions boundaries: whether they bound anything.

use std::sync::Arc;

use super::Permission;
use super::effective::Held;
use crate::context::Context;
use crate::identities::{Identity, Policy};
use crate::{Access, Known, facts};

use super::IdentityKind;

facts! {
    /// The permissions boundary of a user or role.
    pub struct Boundary as "boundary" {
        /// The ARN of the policy.
        arn: String, reads [];
        /// Whether it leaves everything to the identity's policies.
        leaves_everything: Access, reads [];
        /// The actions that it leaves by which the user or role gets rid of it: taking it off, or another in its place,
        /// and changing the policy.
        ways_out: Vec<Permission>, reads [];
    }
}

/// The ARN of the boundary of a user or role, if it has one.
pub(super) fn arn(context: &Context, identity: Identity) -> Option<&str> {
    let index = identity.index;
    let set = match identity.kind {
        IdentityKind::User => context.shared.users.get(index)?.permissions_boundary.as_ref(),
        IdentityKind::Role => context.shared.roles.get(index)?.permissions_boundary.as_ref(),
        IdentityKind::Group => None,
    };
    set.map(|boundary| boundary.arn.as_str())
}

/// The boundary of a user or role; null if it has none.
pub(crate) fn of(context: &Context, identity: Identity) -> Known<Option<Boundary>> {
    let (Some(set), Some(record)) = (arn(context, identity), context.identity(identity)) else {
        return Known::Known(None);
    };
    context.attached_policy(set).map(|policy| Some(boundary(context, identity, record.arn, set, policy)))
}

fn boundary(
    context: &Context,
    identity: Identity,
    holder: &str,
    arn: &str,
    policy: &Arc<Policy>,
) -> Boundary {
    let held = Held::of_policy(context, policy);
    let changes: [(&str, &str); 4] = match identity.kind {
        IdentityKind::Role => [
            ("iam:DeleteRolePermissionsBoundary", holder),
            ("iam:PutRolePermissionsBoundary", holder),
            ("iam:CreatePolicyVersion", arn),
            ("iam:SetDefaultPolicyVersion", arn),
        ],
        IdentityKind::User | IdentityKind::Group => [
            ("iam:DeleteUserPermissionsBoundary", holder),
            ("iam:PutUserPermissionsBoundary", holder),
            ("iam:CreatePolicyVersion", arn),
            ("iam:SetDefaultPolicyVersion", arn),
        ],
    };
    let is_changeable = |(_, on): &&(&str, &str)| !super::attached::is_aws_managed(on);
    let ways_out = changes.iter().filter(is_changeable).filter_map(|(action, on)| held.may_on(action, on));
    Boundary { arn: arn.to_owned(), leaves_everything: held.administrator(), ways_out: ways_out.collect() }
}
