//! Who may do what is of consequence, as the policy engine decides it.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::RecordKind;

use super::{Administrator, PermissionHolder};
use crate::clock::days_since;
use crate::context::Context;
use crate::iam::IdentityKind;
use crate::iam::effective::Held;
use crate::iam::role::is_service_linked;
use crate::iam::trust_summary;
use crate::identities::{Identity, IdentityRecord};
use crate::{Access, Known, Listed, Missing};

/// The action without which the Billing console shows no bills ("Identity-based policy examples for AWS
/// Billing"). The older `aws-portal:ViewBilling` grants nothing any more.
const VIEW_BILLS: &str = "billing:GetBillingData";
/// What opening a case, following it and answering take ("Manage access to AWS Support").
const SUPPORT_CASES: [&str; 3] =
    ["support:AddCommunicationToCase", "support:CreateCase", "support:DescribeCases"];

/// The users, groups and roles that may do everything.
pub(super) fn administrators(context: &Context) -> Listed<Administrator> {
    let mut hidden = context.identities_incomplete(&[RecordKind::User, RecordKind::Group, RecordKind::Role]);
    let mut items = Vec::new();
    for (identity, record) in context.identity_records() {
        match context.administration(identity) {
            Known::Known(found) => items.extend(found.map(|found| Administrator {
                directly: directly(context, identity),
                age_days: days_since(created_at(context, identity), context.now()),
                arn: record.arn.to_owned(),
                name: record.name.to_owned(),
                kind: identity.kind.text().to_owned(),
                access: found.access,
                conditions: found.conditions.clone(),
                policy: found.policy.clone(),
            })),
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    Listed { items, incomplete: hidden }
}

/// When a user, group or role was created.
fn created_at(context: &Context, identity: Identity) -> Timestamp {
    let (shared, index) = (&context.shared, identity.index);
    let created = match identity.kind {
        IdentityKind::User => shared.users.get(index).map(|user| user.created_at),
        IdentityKind::Group => shared.groups.get(index).map(|group| group.created_at),
        IdentityKind::Role => shared.roles.get(index).map(|role| role.created_at),
    };
    created.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Whether an administrator is one without its groups.
fn directly(context: &Context, identity: Identity) -> bool {
    if identity.kind != IdentityKind::User {
        return true;
    }
    match Held::directly(context, identity) {
        Known::Known(held) => held.administration().is_some(),
        Known::Unknown(_) => false,
    }
}

/// The groups and roles that see bills.
pub(super) fn billing_viewers(context: &Arc<Context>) -> Listed<PermissionHolder> {
    holders(context, &[VIEW_BILLS])
}

/// The groups and roles that handle cases with AWS Support.
pub(super) fn support_handlers(context: &Arc<Context>) -> Listed<PermissionHolder> {
    holders(context, &SUPPORT_CASES)
}

/// The groups and roles that may use all of these actions on every resource.
fn holders(context: &Arc<Context>, actions: &[&str]) -> Listed<PermissionHolder> {
    let mut hidden = context.identities_incomplete(&[RecordKind::Group, RecordKind::Role]);
    let mut items = Vec::new();
    for (identity, record) in
        context.identity_records().filter(|(identity, record)| is_asked(*identity, record))
    {
        match Held::of(context, identity) {
            Known::Known(held) => items.extend(holder(context, identity, record, &held, actions)),
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    Listed { items, incomplete: hidden }
}

/// Groups and roles, but not roles that only an AWS service can use.
fn is_asked(identity: Identity, record: &IdentityRecord<'_>) -> bool {
    match identity.kind {
        IdentityKind::User => false,
        IdentityKind::Group => true,
        IdentityKind::Role => !is_service_linked(record.path),
    }
}

fn holder(
    context: &Arc<Context>,
    identity: Identity,
    record: IdentityRecord<'_>,
    held: &Held,
    actions: &[&str],
) -> Option<PermissionHolder> {
    let mut allowed = Vec::new();
    for action in actions {
        allowed.push(held.may_everywhere(action)?);
    }
    let least = allowed.into_iter().min_by_key(|one| one.access)?;
    let has_members = || {
        let known = context.members(record.name).next().is_some();
        Known::any([Known::Known(known)], context.incomplete(RecordKind::User))
    };
    Some(PermissionHolder {
        arn: record.arn.to_owned(),
        name: record.name.to_owned(),
        kind: identity.kind.text().to_owned(),
        access: least.access,
        conditions: least.conditions,
        policy: least.policy,
        in_use: match identity.kind {
            IdentityKind::Group => has_members(),
            IdentityKind::User | IdentityKind::Role => trust_summary::lets_in_people(context, identity.index),
        },
        administrator: context
            .administration(identity)
            .map(|found| found.map_or(Access::No, |found| found.access)),
    })
}
