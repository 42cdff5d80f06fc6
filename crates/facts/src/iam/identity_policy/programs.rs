//! Which holders of a policy are programs.

use std::sync::Arc;

use palisade_snapshot::{RecordKind, User};

use super::Place;
use crate::context::Context;
use crate::iam::{IdentityKind, trust_summary, user};
use crate::identities::Identity;
use crate::{Known, Listed, Missing};

/// The users, groups and roles among the holders of a policy that are programs.
pub(super) fn of(context: &Arc<Context>, place: Place) -> Listed<String> {
    let (holders, mut hidden) = match place {
        Place::Inline(identity, _) => (vec![identity], None),
        Place::Managed(index) => {
            let arn = context.shared.policies.get(index).map_or("", |policy| policy.arn.as_str());
            let kinds = [RecordKind::User, RecordKind::Group, RecordKind::Role];
            (context.holders(arn).to_vec(), context.identities_incomplete(&kinds))
        }
    };
    let mut items = Vec::new();
    for identity in holders {
        match is_program(context, identity) {
            Known::Known(true) => items.extend(context.identity(identity).map(|one| one.arn.to_owned())),
            Known::Known(false) => {}
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    Listed { items, incomplete: hidden }
}

fn is_program(context: &Arc<Context>, identity: Identity) -> Known<bool> {
    let Some(record) = context.identity(identity) else { return Known::Known(false) };
    match identity.kind {
        IdentityKind::Role => {
            trust_summary::ask(context, identity.index, |trusts| !trusts.services.is_empty())
        }
        IdentityKind::User => {
            let user = context.shared.users.get(identity.index);
            user.map_or(Known::Known(false), |user| is_key_user(context, user))
        }
        IdentityKind::Group => {
            let members = context.members(record.name).map(|(_, user)| is_key_user(context, user));
            Known::any(members, context.incomplete(RecordKind::User))
        }
    }
}

/// Whether a user has an active access key and no password.
fn is_key_user(context: &Context, user: &User) -> Known<bool> {
    let row = || context.row(user);
    let has_key = row().map(|row| row.access_keys.iter().any(|key| key.active));
    Known::all([has_key, user::console(row()).negate()])
}
