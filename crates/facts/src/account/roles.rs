//! The roles of an account in brief, and whether anybody can work there.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use crate::context::Context;
use crate::iam::effective::{self, Effective};
use crate::iam::role::is_service_linked;
use crate::iam::{AttachedPolicy, IdentityKind, trust_summary, user};
use crate::identities::Identity;
use crate::{Known, Lazy, Listed, facts};

facts! {
    /// A role in brief.
    pub struct RoleSummary as "role_summary" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// The managed policies attached to it.
        attached_policies: Vec<AttachedPolicy>, reads [];
        /// The names of its inline policies.
        inline_policies: Vec<String>, reads [];
        /// Whether people can assume it, and not services alone.
        usable: Lazy<Known<bool>>, reads [];
        /// Whether it may do nothing but list and read.
        read_only: Lazy<Known<bool>>, reads [];
    }
}

/// The names of the account's roles.
pub(super) fn names(context: &Context) -> Listed<String> {
    let items = context.shared.roles.iter().map(|role| role.name.clone()).collect();
    Listed { items, incomplete: context.incomplete(RecordKind::Role) }
}

/// The names of the account's groups.
pub(super) fn group_names(context: &Context) -> Listed<String> {
    let items = context.shared.groups.iter().map(|group| group.name.clone()).collect();
    Listed { items, incomplete: context.incomplete(RecordKind::Group) }
}

/// The roles that no AWS service owns.
pub(super) fn summaries(context: &Arc<Context>) -> Listed<RoleSummary> {
    let roles = context.shared.roles.iter().enumerate().filter(|(_, role)| !is_service_linked(&role.path));
    let summary = |(index, role): (usize, &palisade_snapshot::Role)| RoleSummary {
        arn: role.arn.clone(),
        name: role.name.clone(),
        path: role.path.clone(),
        attached_policies: AttachedPolicy::list(&role.attached_policies),
        inline_policies: role.inline_policies.iter().map(|policy| policy.name.clone()).collect(),
        usable: {
            let context = Arc::clone(context);
            Lazy::new(move || trust_summary::lets_in_people(&context, index))
        },
        read_only: {
            let context = Arc::clone(context);
            Lazy::new(move || is_read_only(&context, Identity { kind: IdentityKind::Role, index }))
        },
    };
    Listed { items: roles.map(summary).collect(), incomplete: context.incomplete(RecordKind::Role) }
}

fn is_read_only(context: &Context, identity: Identity) -> Known<bool> {
    effective::of(context, identity).map(|effective: Effective| *effective.read_only.get())
}

/// Whether a user with credentials, or a role that people can assume, may do more than list and read.
pub(super) fn has_working_principal(context: &Arc<Context>) -> Known<bool> {
    let mut found = Known::Known(false);
    for (identity, record) in context.identity_records() {
        let reachable = match identity.kind {
            IdentityKind::User => has_credentials(context, identity.index),
            IdentityKind::Group => continue,
            IdentityKind::Role if is_service_linked(record.path) => continue,
            IdentityKind::Role => trust_summary::lets_in_people(context, identity.index),
        };
        if reachable == Known::Known(false) {
            continue;
        }
        let works = is_read_only(context, identity).negate();
        found = found.or(Known::all([reachable, works]));
        if found == Known::Known(true) {
            return found;
        }
    }
    found.or(Known::any([], context.identities_incomplete(&[RecordKind::User, RecordKind::Role])))
}

/// Whether a user can sign in or sign requests.
fn has_credentials(context: &Context, index: usize) -> Known<bool> {
    let Some(record) = context.shared.users.get(index) else { return Known::Known(false) };
    let row = context.row(record);
    let has_key = row.as_ref().map(|row| row.access_keys.iter().any(|key| key.active));
    user::console(row).or(has_key)
}
